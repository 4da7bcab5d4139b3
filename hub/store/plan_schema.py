"""The tables of floor plans. See ``hub.store.schema``."""

from sqlalchemy import Column, Float, Integer, LargeBinary, String, Table

from hub.store.schema import Utc, metadata

plan = Table(
    "plan",
    metadata,
    Column("site", String(32), primary_key=True),
    Column("area", String(32), primary_key=True),
    Column("media", String(16), nullable=False),
    Column("width", Integer, nullable=False),  # pixels
    Column("height", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256, hexadecimal
    Column("drawing", LargeBinary, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Utc, nullable=False),
)

spot = Table(
    "spot",
    metadata,
    Column("site", String(32), primary_key=True),
    Column("unit", String(32), primary_key=True),
    Column("area", String(32), nullable=False),
    Column("x", Float, nullable=False),  # shares of the drawing, 0 to 1
    Column("y", Float, nullable=False),
)
