"""``madomori-unit``: run a unit, or check its settings."""

import argparse
import logging
import signal
import sys
from pathlib import Path
from types import FrameType

import structlog

from device.settings import SettingsRefused, UnitSettings, read

EXIT_BAD_SETTINGS = 2
EXIT_FAILED = 1
EXIT_RESTART = 75
"""A command asked for a new start. The service manager starts the program again for every exit but the one it
asked for itself (systemd: ``Restart=always``)."""


def main(arguments: list[str] | None = None) -> int:
    """The command. Exit codes: 0 well, 1 the unit failed, 2 settings refused, 75 to be started anew."""
    parser = argparse.ArgumentParser(prog="madomori-unit", description="A Madomori unit at one counter.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, does in (
        ("run", "serve until told to stop"),
        ("check", "read the settings and say what is fitted"),
    ):
        command = commands.add_parser(name, help=does)
        command.add_argument("--config", type=Path, required=True, help="the settings file (TOML)")
    chosen = parser.parse_args(arguments)
    try:
        settings = read(chosen.config)
        if chosen.command == "check":
            return _check(settings)
        return _run(settings)
    except SettingsRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return EXIT_BAD_SETTINGS


def _check(settings: UnitSettings) -> int:
    settings.password()
    lines = [
        f"unit {settings.unit} at {settings.site}, area {settings.area or '(none)'}",
        f"hardware: {settings.hardware}",
        f"broker: {settings.username}@{settings.broker.host}:{settings.broker.port}, "
        f"MQTT {settings.broker.protocol}",
        f"state: {settings.state_dir}",
        f"microphone: {settings.microphone.source}",
    ]
    lines += [f"{part}: BCM {pin}" for part, pin in settings.panel.pins().items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _run(settings: UnitSettings) -> int:
    # Imported here: "check" must answer on a computer without sound or pins.
    from device.app import Unit  # noqa: PLC0415
    from device.hardware.board import HardwareUnavailable  # noqa: PLC0415
    from device.lock import AlreadyRunning  # noqa: PLC0415

    _logs_as_json_lines()
    try:
        unit = Unit(settings)

        def end(_number: int, _frame: FrameType | None) -> None:
            unit.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        ended = unit.run()
    except (AlreadyRunning, HardwareUnavailable) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_FAILED
    if not ended:
        return EXIT_FAILED
    return EXIT_RESTART if unit.restart_asked else 0


def _logs_as_json_lines() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    # A pipe to a log file is block-buffered otherwise: "unit_ready" must be seen when it is true.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)


if __name__ == "__main__":
    sys.exit(main())
