"""Changes of one line of one table of the house."""

from collections.abc import Mapping
from typing import Any

from hub.house_tables import Tables, tables_of
from hub.housekeeping import Edit
from hub.setting_types import BadSettings
from hub.store.audit import Deed
from hub.web.pages.desk import Desk, Form, stamp

Line = dict[str, Any]


class Taken(Exception):
    """There is one of that name already."""


class Meanwhile(Exception):
    """Somebody has changed it since the form was shown."""


class Gone(Exception):
    """There is none of that name."""


def lines(desk: Desk, table: str) -> list[Line]:
    """A table of the house that rules."""
    found: list[Line] = tables_of(desk.hub.settings)[table]
    return found


def find(desk: Desk, table: str, key: str, name: str) -> Line | None:
    """One line of it."""
    return next((one for one in lines(desk, table) if one[key] == name), None)


def put(table: str, key: str, what: str, made: Mapping[str, Any], was: str) -> Edit:
    """Add a line (``was`` empty) or change the one of the same key whose ``stamp`` is ``was``. What ``made``
    does not speak of stays as it is."""

    def edit(tables: Tables) -> Deed:
        there: list[Line] = tables[table]
        at = next((n for n, one in enumerate(there) if one[key] == made[key]), None)
        if at is None and was:
            raise Gone
        if at is None:
            there.append(dict(made))
            return Deed(f"{what}-added", str(made[key]), after=made)
        if not was:
            raise Taken
        if stamp(there[at]) != was:
            raise Meanwhile
        before, there[at] = there[at], {**there[at], **made}
        return Deed(f"{what}-changed", str(made[key]), before, there[at])

    return edit


def drop(table: str, key: str, what: str, name: str) -> Edit:
    """Take a line out."""

    def edit(tables: Tables) -> Deed:
        there: list[Line] = tables[table]
        gone = next((one for one in there if one[key] == name), None)
        if gone is None:
            raise Gone
        there.remove(gone)
        return Deed(f"{what}-removed", name, before=gone)

    return edit


def move(table: str, key: str, what: str, name: str, by: int) -> Edit:
    """One place up (-1) or down (+1): pages show the lines in this order."""

    def edit(tables: Tables) -> Deed:
        there: list[Line] = tables[table]
        at = next((n for n, one in enumerate(there) if one[key] == name), None)
        if at is None:
            raise Gone
        to = min(max(at + by, 0), len(there) - 1)
        there.insert(to, there.pop(at))
        return Deed(f"{what}-moved", name, {"place": at + 1}, {"place": to + 1})

    return edit


async def keep(desk: Desk, form: Form, edit: Edit, key: str) -> bool:
    """Store the change; False: the form says why not."""
    words = desk.words
    try:
        await desk.hub.keeping.change(desk.by, edit)
    except Taken:
        form.wrong(key, words("There is one of that name already."))
    except Meanwhile:
        form.problem = words("Somebody has changed this meanwhile. Please look at it again, then change it.")
    except Gone:
        form.problem = words("This has been removed meanwhile.")
    except BadSettings as error:
        form.problem = words("This cannot be stored: {why}", why=str(error)[:300])
    return form.good
