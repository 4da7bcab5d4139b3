"""One valid example of every message of the contract."""

from datetime import UTC, datetime
from typing import Any

from wire.messages import (
    Announcement,
    AreaAlarm,
    Command,
    Config,
    Event,
    Health,
    Lamp,
    Level,
    Message,
    Receipt,
    Reported,
    Status,
)
from wire.messages.events import (
    Assist,
    Bang,
    Booted,
    ClockSet,
    CommandAnswered,
    EventData,
    FaultCleared,
    FaultRaised,
    GoingOn,
    Panic,
    RecordingEnded,
    RecordingStarted,
    SessionAgreed,
    SessionExtended,
    SessionStarted,
    SessionStopped,
    SessionUnknown,
    Shout,
    Withdrawn,
)
from wire.messages.hub import Covers
from wire.topics import source_of

MOMENT = datetime(2026, 11, 22, 5, 5, 32, 123000, tzinfo=UTC)
EPOCH = "a1b2c3d4e5f60718"
BOOT = "00ff00ff00ff00ff00ff00ff00ff00ff"
SITE, UNIT = "city", "c1"

_HEARD: dict[str, Any] = {
    "finding": "0123456789abcdef",
    "level_dba": 84.5,
    "background_dba": 47.25,
    "duration_s": 0.62,
    "score": 0.93,
    "calibrated": True,
    "model": "level-vad-1",
}

EVENT_EXAMPLES: list[EventData] = [
    Panic(presses=2),
    Withdrawn(panic_epoch=EPOCH, panic_sequence=7),
    Assist(),
    SessionStarted(limit_s=1800, warn_s=300, grace_s=300),
    SessionExtended(by_s=600, limit_s=2400),
    SessionAgreed(case=7, limit_s=900, warn_s=300, grace_s=300, recorded=True, command="0123456789abcdef"),
    SessionStopped(lasted_s=1234.5, laeq_dba=61.5, heard_s=1230.0),
    SessionUnknown(epoch=EPOCH, sequence=7),
    RecordingStarted(recording=32 * "a", why="panic", pre_roll_s=20.0),
    RecordingEnded(recording=32 * "a", end="limit", stored_s=620.0, missing_s=0.5),
    Shout(**_HEARD, phase="end", voice_share=0.8),
    Shout(**_HEARD, phase="start", voice_share=0.8, pitch_hz=265.0, tilt_db=1.5),
    Bang(**_HEARD),
    Booted(
        version="0.1.0",
        hardware="gpio",
        passed=[],
        failed=[],
        session=GoingOn(epoch=EPOCH, sequence=7, lasted_s=61.5, limit_s=2400.0, warn_s=300.0, grace_s=300.0),
    ),
    Booted(version="0.1.0", hardware="simulated", passed=["panic"], failed=["microphone: 音が来ない"]),
    CommandAnswered(command="0011223344556677", name="extend", done=False, why="no meeting goes on"),
    ClockSet(by_s=1795410000.25),
    FaultRaised(part="microphone", detail="nothing heard for 10 s"),
    FaultCleared(part="microphone"),
]


def event(data: EventData | None = None, **changes: Any) -> Event:
    """A valid event of unit c1 of the site "city"."""
    attributes: dict[str, Any] = {
        "source": source_of(SITE, UNIT),
        "time": MOMENT,
        "epoch": EPOCH,
        "sequence": 42,
        "boot": BOOT,
        "uptime": 86400.125,
        "clock": "synced",
    }
    return Event.of(data if data is not None else Panic(), **(attributes | changes))


MESSAGE_EXAMPLES: list[Message] = [
    *(event(data) for data in EVENT_EXAMPLES),
    Status(online=True, boot=BOOT, epoch=EPOCH, time=MOMENT, uptime_s=12.5),
    Health(
        time=MOMENT,
        boot=BOOT,
        uptime_s=1.5,
        clock="unsynced",
        version="0.1.0",
        pending=3,
        pending_alarms=1,
        microphone="hearing",
        level_dba=45.0,
        background_dba=41.0,
        laeq_minute_dba=52.5,
        disk_free_mb=512,
        memory_mb=60,
        faults=["disk"],
        config=3,
        system="6.12.25+rpt-rpi-2712",
        cpu_c=71.5,
        throttled=["under-voltage"],
        clock_offset_s=-0.002,
    ),
    Level(time=MOMENT, level_dba=60.0, background_dba=45.0, calibrated=False),
    Reported(version=3, applied=False, why="limit_s must be at least 60; given: 5"),
    Receipt(epoch=EPOCH, through=41, beyond=[(43, 50), (52, 52)]),
    Lamp(state="coming", covers=Covers(epoch=EPOCH, sequence=42), time=MOMENT),
    Command(id="0011223344556677", name="identify", expires=MOMENT, arguments={"seconds": 10}),
    Config(version=1, settings={"limit_s": 1800}, signature="ed25519:00"),
    AreaAlarm(units=["c1", "c2"], time=MOMENT),
    Announcement(
        id="city.7-1-0-hall.20261122T050532",
        reason="escalation",
        severity="alarm",
        subject="incident-7",
        unit="c1",
        incident=7,
        kinds=["panic", "shout"],
        language="ja",
        title="【警報 未対応】市民課 1番 住民票 緊急ボタン 14:05",
        lines=["まだ誰も対応していません。", "場所: 市民課 1番 住民票"],
        opened=MOMENT,
        time=MOMENT,
        expires=MOMENT,
        late_s=61.5,
        presses=3,
        level_dba=84.5,
        answered=False,
        round=2,
    ),
]
