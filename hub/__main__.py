"""The command ``madomori-hub``."""

import argparse
import sys
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from hub.clock import SystemClock
from hub.notices import CHANNELS, Channel
from hub.people import BadPerson, Hasher, check_person, new_one_time_password
from hub.setting_types import BadSettings
from hub.settings import Settings, load
from wire.logs import log_to

BAD_SETTINGS = 2
FAILED = 1


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0, 1 when something failed, 2 for settings or arguments that cannot be."""
    parser = argparse.ArgumentParser(prog="madomori-hub", description="The hub of Madomori.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run until told to stop")
    one_time = commands.add_parser("one-time-password", help="print a fresh one-time password")
    test = commands.add_parser("test-notice", help="let the running hub send a test, and say how it went")
    house = commands.add_parser("house", help="print the house that rules, or take the settings file's")
    keys = commands.add_parser(
        "keys", help="make the keys of the recordings that are missing; print the public one"
    )
    for command in (run, one_time, test, house, keys):
        command.add_argument("--config", type=Path, required=True, help="settings file (TOML)")
    one_time.add_argument("--login", required=True)
    one_time.add_argument("--name", help="makes the person when there is none; else changes the name")
    one_time.add_argument("--role", help="staff, supervisor, admin or auditor")
    test.add_argument("--channel", required=True, choices=CHANNELS)
    test.add_argument("--name", required=True, help="name in the settings; a mail address for mail")
    way = house.add_mutually_exclusive_group(required=True)
    way.add_argument("--export", action="store_true", help="print it as tables of a settings file")
    way.add_argument("--import", action="store_true", dest="take", help="let the settings file's rule")
    given = parser.parse_args(arguments)
    log_to(sys.stderr)
    try:
        settings = load(given.config)
        if given.command == "run":
            return _run(settings)
        if given.command == "test-notice":
            return _test_notice(settings, given.channel, given.name)
        if given.command == "house":
            return _house(settings, take=given.take)
        if given.command == "keys":
            return _keys(settings)
        return _one_time_password(settings, given.login, given.name, given.role)
    except (BadSettings, BadPerson) as error:
        print(f"madomori-hub: {error}", file=sys.stderr)  # noqa: T201 - for the person at the command line
        return BAD_SETTINGS


def _run(settings: Settings) -> int:
    from hub.app import CannotStart, run  # noqa: PLC0415 - a command line that only asks for a password is quick

    try:
        run(settings)
    except CannotStart as error:
        print(f"madomori-hub: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    return 0


def _one_time_password(settings: Settings, login: str, name: str | None, role: str | None) -> int:
    from hub.store import audit  # noqa: PLC0415
    from hub.store.database import make_engine, prepare  # noqa: PLC0415
    from hub.store.people import give_one_time  # noqa: PLC0415

    checked = check_person(login, name or "-", role or "staff")
    password = new_one_time_password()
    hashed = Hasher().hash(password)
    now = SystemClock().now().wall
    try:
        prepare(settings.database_url)
        engine = make_engine(settings.database_url)
        with engine.begin() as tx:
            known_role = checked if role else None
            given = give_one_time(tx, login.lower(), hashed, name=name, role=known_role, now=now)
            if given:
                deed = audit.Deed("one-time-password", login.lower())
                audit.add(tx, settings.site, audit.By("", "madomori-hub"), deed, now)
        engine.dispose()
    except SQLAlchemyError as error:
        print(f"madomori-hub: the database cannot be used: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    if not given:
        raise BadPerson(f"there is nobody with the login {login!r}: give --name and --role to make them")
    print(password)  # noqa: T201 - this is what the command is for
    return 0


def _house(settings: Settings, *, take: bool) -> int:
    from hub.house_tables import as_toml  # noqa: PLC0415
    from hub.housekeeping import begin, take_file  # noqa: PLC0415
    from hub.store.database import make_engine, prepare  # noqa: PLC0415

    now = SystemClock().now().wall
    try:
        prepare(settings.database_url)
        engine = make_engine(settings.database_url)
        with engine.begin() as tx:
            newest = take_file(tx, settings, now) if take else begin(tx, settings, now)
        engine.dispose()
    except SQLAlchemyError as error:
        print(f"madomori-hub: the database cannot be used: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    shown = f"# version {newest.number}\n" if take else as_toml(newest.tables)
    print(shown, end="")  # noqa: T201 - this is what the command is for
    return 0


def _test_notice(settings: Settings, channel: Channel, name: str) -> int:
    from hub.notifiers.trial import NotSent, try_out  # noqa: PLC0415

    try:
        try_out(settings, channel, name, SystemClock())
    except (NotSent, SQLAlchemyError) as error:
        why = error if isinstance(error, NotSent) else "the database cannot be used"
        print(f"madomori-hub: {why}", file=sys.stderr)  # noqa: T201
        return FAILED
    print("sent")  # noqa: T201 - this is what the command is for
    return 0


def _keys(settings: Settings) -> int:
    from hub.recordings.keys import BadKeys, make_keys  # noqa: PLC0415

    if settings.recordings is None:
        raise BadSettings("the settings have no [recordings]: name identity_file and master_key_file there")
    try:
        keys, made = make_keys(settings.recordings)
    except BadKeys as error:
        print(f"madomori-hub: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    for file in made:
        print(f"made {file}: keep a copy in a safe; without it no recording opens", file=sys.stderr)  # noqa: T201
    print(keys.recipient)  # noqa: T201 - this is what the command is for
    return 0


if __name__ == "__main__":
    sys.exit(main())
