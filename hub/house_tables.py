"""The house as tables: the part of the settings that people change on pages while the hub runs.

It is of the same form as in the settings file: areas, counters, who is called, the site's own texts. What the
program needs to start at all (broker, database, web, notifiers with their secrets) stays in the file.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hub.settings import Settings, read

HOUSE = ("areas", "counters", "people", "groups", "ladders", "ladder", "holidays", "fallback", "texts")
"""Names of the tables."""

Tables = dict[str, Any]
"""Name of a table to what is in it: values of JSON."""


def tables_of(settings: Settings) -> Tables:
    """The house of these settings."""
    return settings.model_dump(mode="json", by_alias=True, include=set(HOUSE))


def settings_with(base: Settings, tables: Mapping[str, Any]) -> Settings:
    """``base`` with another house. Raises ``BadSettings``."""
    kept = base.model_dump(by_alias=True, exclude=set(HOUSE))
    return read(kept | {name: tables[name] for name in HOUSE if name in tables})


def as_toml(tables: Mapping[str, Any]) -> str:
    """The tables as a part of a settings file."""
    return "\n".join(_lines(tables)) + "\n"


def _lines(tables: Mapping[str, Any]) -> Iterator[str]:
    plain = {name: value for name, value in tables.items() if not _is_table(value)}
    yield from (f"{name} = {_value(value)}" for name, value in plain.items() if value)
    for name, value in tables.items():
        yield from _table(name, value) if name not in plain else ()


def _table(name: str, value: Any) -> Iterator[str]:
    many = isinstance(value, list)
    for one in value if many else [value]:
        yield ""
        yield f"[[{name}]]" if many else f"[{name}]"
        below = {key: inner for key, inner in one.items() if _is_table(inner)}
        for key, inner in one.items():
            if key not in below and inner is not None and inner not in ("", []):
                yield f"{key} = {_value(inner)}"
        for key, inner in below.items():
            yield from _table(f"{name}.{key}", inner)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(one, dict) for one in value)
    )


def _value(value: Any) -> str:
    """What JSON writes is TOML, but for DEL; days and times are texts, which the settings take, too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
