"""The tables of recordings and of what was done with them. See ``hub.store.schema``."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from hub.store.schema import Id, Utc, metadata

recording = Table(
    "recording",
    metadata,
    Column("id", String(32), primary_key=True),  # drawn by the unit
    Column("site", String(32), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("why", String(16), nullable=False),
    Column("clock", String(8), nullable=False),
    Column("started", Utc, nullable=False),
    Column("ended", Utc, nullable=False),  # of what has come so far
    Column("segments", Integer, nullable=False),
    Column("samples", BigInteger, nullable=False),
    Column("missing", BigInteger, nullable=False),  # samples that the microphone did not give
    Column("bytes", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),  # digest of the last signed line
    Column("end", String(16)),
    Column("closed", Utc),
    Column("altered", Integer, nullable=False),
    Column("held_by", String(80)),
    Column("held_at", Utc),
    Column("held_why", Text),
    Column("deleted", Utc),
    Column("emptied", Utc),  # when the sealed bytes were gone, after the key
    Index(None, "site", "started"),
    Index(None, "site", "unit", "ended"),
)

# A table of its own: the row is written once, and overwritten once.
recording_key = Table(
    "recording_key",
    metadata,
    Column("recording", String(32), ForeignKey("recording.id"), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

segment = Table(
    "segment",
    metadata,
    Column("recording", String(32), ForeignKey("recording.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("media", String(16), nullable=False),
    Column("first_sample", BigInteger, nullable=False),
    Column("samples", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("line", Text, nullable=False),  # the signed line as it came
    Column("digest", String(64), nullable=False),  # of that line
    Column("started", Utc, nullable=False),
    Column("waveform", LargeBinary),  # sealed
    Column("altered", Utc),
)

play = Table(
    "play",
    metadata,
    Column("grant_hash", String(64), primary_key=True),
    Column("recording", String(32), ForeignKey("recording.id"), nullable=False, index=True),
    Column("sign_in", String(64), nullable=False),  # hash of the token of the sign-in that it is bound to
    Column("expires", Utc, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("site", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(24), nullable=False),  # as it was hashed
    Column("actor", String(64), nullable=False),
    Column("name", String(80), nullable=False),
    Column("act", String(16), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),  # canonical JSON
    Column("salt", String(32), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "site", "subject"),
    Index(None, "site", "at"),
)

ledger_day = Table(
    "ledger_day",
    metadata,
    Column("site", String(32), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("stamp", LargeBinary),  # time-stamp response, DER (RFC 3161)
    Column("stamped", Utc),  # by the authority's clock
    Column("problem", String(200)),
)

disclosure = Table(
    "disclosure",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site", String(32), nullable=False),
    Column("recording", String(32), ForeignKey("recording.id"), nullable=False, index=True),
    Column("given", Utc, nullable=False),
    Column("recipient", String(400), nullable=False),
    Column("what", String(400), nullable=False),
    Column("basis", String(400), nullable=False),
    Column("by", String(80), nullable=False),
    Column("recorded", Utc, nullable=False),
)
