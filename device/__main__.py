"""``madomori-unit``: run a unit, check its settings, or listen to what its hearing makes of a sound.

What a command needs is imported when it is given: ``check`` must answer on a computer without sound or pins,
and a recording is heard without waiting for what only a unit needs.
"""

import argparse
import math
import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING

from device.hearing.figures import FULL_SCALE_RANGE_DBA, SENSITIVITIES, SensitivityName

# structlog loads this for coloured output wherever it happens to be installed: five megabytes for nothing.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]

if TYPE_CHECKING:
    from device.settings import UnitSettings

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
    _add_listen(commands.add_parser("listen", help="show levels and findings of a microphone or a recording"))
    _add_replay(commands.add_parser("replay", help="what a sensitivity would have made of a kept day"))
    _add_calibrate(commands.add_parser("calibrate", help="measure full scale while a known level sounds"))
    chosen = parser.parse_args(arguments)
    if chosen.command == "listen" and chosen.config is None:
        return _listen(
            lambda listen: listen.recording(
                chosen.wav,
                chosen.cal,
                chosen.sensitivity or "normal",
                as_json=chosen.json,
                model=chosen.model,
            )
        )
    if chosen.command == "replay":
        return _replay(chosen.features, chosen.sensitivity)
    return _with_settings(chosen)


def _with_settings(chosen: argparse.Namespace) -> int:
    from device.settings import SettingsRefused, read  # noqa: PLC0415

    try:
        settings = read(chosen.config)
        if chosen.command == "check":
            return _check(settings)
        if chosen.command == "listen":
            return _listen(
                lambda listen: listen.microphone(
                    settings,
                    chosen.sensitivity or settings.microphone.sensitivity,
                    as_json=chosen.json,
                    model=chosen.model,
                )
            )
        if chosen.command == "calibrate":
            return _calibrate(settings, chosen)
        return _run(settings)
    except SettingsRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return EXIT_BAD_SETTINGS


def _add_listen(command: argparse.ArgumentParser) -> None:
    sound = command.add_mutually_exclusive_group(required=True)
    sound.add_argument("--config", type=Path, help="hear the microphone of these settings, until Ctrl-C")
    sound.add_argument("--wav", type=Path, help="hear a recording, as fast as it can be read")
    command.add_argument(
        "--cal", type=_full_scale, metavar="DB", help="of the recording: dB SPL of a signal whose RMS is 1.0"
    )
    command.add_argument("--json", action="store_true", help="JSON lines: findings, and a track of scores")
    command.add_argument(
        "--model",
        type=Path,
        metavar="FILE",
        help="judge by these parameters, as make train-hearing writes them, in place of the unit's own",
    )
    command.add_argument(
        "--sensitivity",
        choices=list(SENSITIVITIES),
        help="when a sound is a finding; as the settings say when left away, of a recording normal",
    )


def _add_calibrate(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", type=Path, required=True, help="the settings file (TOML)")
    command.add_argument(
        "--level",
        type=float,
        required=True,
        metavar="DBA",
        help="what a meter at the microphone shows, dB(A)",
    )
    command.add_argument(
        "--method", required=True, metavar="TEXT", help='how, for the record: "1 kHz at 1 m, meter class 2"'
    )
    command.add_argument("--seconds", type=int, default=10, help="how long to measure (default 10)")


def _add_replay(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--features",
        type=Path,
        required=True,
        metavar="FILE",
        help="a day's file, in the folder features of state_dir, kept with keep_features = true",
    )
    command.add_argument("--sensitivity", choices=list(SENSITIVITIES), help="all of them when left away")


def _replay(file: Path, sensitivity: SensitivityName | None) -> int:
    from device.feature_file import FileRefused, told  # noqa: PLC0415

    try:
        lines = told(file, [sensitivity] if sensitivity else list(SENSITIVITIES))
    except FileRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return EXIT_FAILED
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _calibrate(settings: "UnitSettings", chosen: argparse.Namespace) -> int:
    from device.calibration import calibrate  # noqa: PLC0415
    from device.hearing.calibration import Unfit  # noqa: PLC0415
    from device.microphone.live import live, source_of  # noqa: PLC0415
    from device.microphone.source import SourceFailed  # noqa: PLC0415

    sys.stdout.write(f"Measuring for {chosen.seconds + 1} s: let the reference sound, and keep still.\n")
    sys.stdout.flush()
    try:
        with closing(live(source_of(settings.microphone))) as pieces:
            kept = calibrate(
                pieces,
                Path(settings.state_dir),
                settings.microphone,
                level_dba=chosen.level,
                method=chosen.method,
                seconds=chosen.seconds,
                now=datetime.now().astimezone().replace(microsecond=0),
            )
    except (Unfit, SourceFailed) as refusal:
        sys.stderr.write(f"Not calibrated: {refusal}\n")
        return EXIT_FAILED
    sys.stdout.write(
        f"Full scale is {kept.full_scale_dba:.1f} dB(A); the seconds lay {kept.spread_db:.1f} dB apart.\n"
        "Kept for this unit; it is used from the unit's next start on.\n"
    )
    return 0


def _full_scale(told: str) -> float:
    low, high = FULL_SCALE_RANGE_DBA
    try:
        full_scale_dba = float(told)
    except ValueError:
        full_scale_dba = math.nan
    if not low <= full_scale_dba <= high:
        raise argparse.ArgumentTypeError(f"must be {low:g} to {high:g} dB; given: {told}")
    return full_scale_dba


def _listen(hear: Callable[[ModuleType], None]) -> int:
    from device import listen  # noqa: PLC0415
    from device.microphone.source import SourceFailed  # noqa: PLC0415
    from device.sound_file import FileRefused  # noqa: PLC0415

    try:
        hear(listen)
    except (FileRefused, SourceFailed) as failure:
        sys.stderr.write(f"{failure}\n")
        return EXIT_FAILED
    except BrokenPipeError:
        # Whoever read has left, as "head" does; the interpreter must not complain of that at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _calibration(settings: "UnitSettings") -> str:
    from device.calibration import calibration_of, kept_in  # noqa: PLC0415

    state_dir = Path(settings.state_dir)
    used = calibration_of(state_dir, settings.microphone)
    if used.fault is not None:
        return f"NOT calibrated: {used.fault}"
    kept = kept_in(state_dir)
    if kept is not None:
        return f"calibrated {kept.date:%Y-%m-%d}: full scale {kept.full_scale_dba:g} dB(A), {kept.method}"
    return "calibrated by the settings" if used.calibrated else "not calibrated"


def _recorder(settings: "UnitSettings") -> str:
    recorder = settings.recorder
    if recorder is None:
        return "none, nothing is recorded"
    from device.recorder.recordings import door_of, key_of, sealer_of  # noqa: PLC0415
    from wire.evidence.keys import public_text  # noqa: PLC0415

    door_of(recorder)
    sealer_of(recorder)
    starts = ["the record button"] if settings.panel.record is not None else []
    starts += ["the panic button"] if recorder.on_panic else []
    starts += ["every meeting"] if recorder.on_session == "always" else []
    camera = ", with pictures at the panic button" if settings.camera is not None else ""
    return (
        f"by {', '.join([*starts, 'the hub'])}{camera}; to {recorder.hub_url}; "
        f"recording_key {public_text(key_of(recorder))}"
    )


def _check(settings: "UnitSettings") -> int:
    from device.notice import sentence_of  # noqa: PLC0415

    settings.password()
    lines = [
        f"unit {settings.unit} at {settings.site}, area {settings.area or '(none)'}",
        f"hardware: {settings.hardware}",
        f"broker: {settings.username}@{settings.broker.host}:{settings.broker.port}, "
        f"MQTT {settings.broker.protocol}",
        f"state: {settings.state_dir}",
        f"microphone: {settings.microphone.source}, {_calibration(settings)}",
    ]
    lines.append(f"recorder: {_recorder(settings)}")
    if (sentence := sentence_of(settings)) is not None:
        lines.append(f"notice: spoken, {sentence.lasts_s:.1f} s")
    lines += [f"{part}: BCM {pin}" for part, pin in settings.panel.pins().items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _run(settings: "UnitSettings") -> int:
    from device.app import Unit  # noqa: PLC0415
    from device.hardware.board import HardwareUnavailable  # noqa: PLC0415
    from device.lock import AlreadyRunning  # noqa: PLC0415
    from wire.logs import log_to  # noqa: PLC0415

    log_to(sys.stdout, json=True)
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


if __name__ == "__main__":
    sys.exit(main())
