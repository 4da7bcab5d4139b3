"""The rules of recordings: how long they are kept, what belongs together, what is told of refusals."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from hub.evidence.linking import Span, belongs
from hub.evidence.recording import Hold, Recording
from hub.evidence.refusals import KINDS_MAX, NOBODY, SHOWN_FOR_S, TOLD_EVERY_S, Refusals
from hub.evidence.retention import DAYS, Kept, class_of, fate
from hub.evidence.rights import may_disclose, may_hold, may_listen
from hub.recording_settings import RecordingSettings
from hub.recordings.keys import BadKeys, load_keys, make_keys
from hub.setting_types import BadSettings
from hub.settings import load
from tests.support.messages import MOMENT, SITE
from tests.support.recording_hub import ADMIN, KANSA, SUZUKI, YAMADA, recording_settings
from wire.evidence.chain import Head
from wire.evidence.line import Why

HEAD = Head(SITE, "c1", "a" * 32, 6, "5" * 64, 960_000, "staff", "staff")
ONE = Recording("a" * 32, "c1", "staff", "synced", MOMENT, MOMENT + timedelta(seconds=60), HEAD)


def span(begin_s: float, end_s: float | None, **changes: object) -> Span:
    over = None if end_s is None else MOMENT + timedelta(seconds=end_s)
    return replace(Span(1, "c1", MOMENT + timedelta(seconds=begin_s), over), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("incident", "why", "together"),
    [
        (span(10, 20), "staff", True),
        (span(-100, 5), "staff", True),
        (span(59, 900), "staff", True),
        (span(-100, None), "staff", True),
        (span(-100, -1), "staff", False),
        (span(61, 900), "staff", False),
        (span(100, 900), "panic", True),
        (span(200, 900), "panic", False),
        (span(10, 20, unit="c2"), "staff", False),
    ],
)
def test_what_happened_at_the_same_counter_at_the_same_time_belongs_together(
    incident: Span, why: Why, together: bool
) -> None:
    assert belongs(replace(ONE, why=why), incident, MOMENT + timedelta(hours=1)) is together


def test_the_strongest_reason_to_keep_decides() -> None:
    closed = span(0, 9, closed=True)
    harassed = replace(closed, outcome="harassment")
    assert class_of(ONE, []) is Kept.NONE
    assert class_of(ONE, [closed]) is Kept.INCIDENT
    assert class_of(ONE, [replace(closed, outcome="false-alarm")]) is Kept.DISMISSED
    assert class_of(ONE, [replace(closed, severity="drill")]) is Kept.DISMISSED
    assert class_of(ONE, [replace(closed, outcome="false-alarm"), harassed]) is Kept.HARASSMENT
    assert class_of(replace(ONE, why="case"), [harassed]) is Kept.CASE


def test_deletion_counts_from_the_end_and_waits_for_holds_and_open_incidents() -> None:
    assert fate(ONE, [], DAYS).until == ONE.ended + timedelta(days=30)
    assert fate(ONE, [span(0, None)], DAYS).until is None
    held = replace(ONE, hold=Hold("山田", MOMENT, "係争中"))
    assert (fate(held, [], DAYS).until, fate(held, [], DAYS).held) == (None, True)
    assert fate(ONE, [span(0, None, severity="drill")], DAYS).until is not None


def test_who_may_do_what() -> None:
    people = (YAMADA, KANSA, SUZUKI, ADMIN)
    assert [may_listen(p, ONE, "shimin") for p in people] == [True, True, False, False]
    assert [may_hold(p, ONE, "shimin") for p in people] == [True, True, False, False]
    assert [may_disclose(p, ONE, "shimin") for p in people] == [True, False, False, False]
    assert not may_listen(YAMADA, replace(ONE, head=replace(HEAD, next=0)), "shimin")
    limited = replace(YAMADA, areas=frozenset({"shimin"}))
    assert [may_listen(limited, ONE, area) for area in ("shimin", "nozei", None)] == [True, False, False]


def test_refusals_are_counted_told_seldom_and_remembered_within_bounds() -> None:
    refusals = Refusals()
    assert [refusals.note("c1", "altered", t) for t in (0, 1, 2)] == [1, 0, 0]
    assert refusals.note("c1", "altered", TOLD_EVERY_S) == 3
    assert refusals.standing(TOLD_EVERY_S) == {"c1": "altered"}
    assert refusals.standing(TOLD_EVERY_S + SHOWN_FOR_S) == {}
    for n in range(3 * KINDS_MAX):
        refusals.note(f"u{n}", "gap", 0)
    assert len(refusals.standing(0)) <= KINDS_MAX + 1
    assert NOBODY in refusals.standing(0)


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    settings = recording_settings(tmp_path)
    with pytest.raises(BadKeys, match="cannot be read"):
        load_keys(settings)
    keys, made = make_keys(settings)
    assert [file.stat().st_mode & 0o777 for file in made] == [0o600, 0o600, 0o600]
    again, none_made = make_keys(settings)
    assert (again.recipient, again.master, none_made) == (keys.recipient, keys.master, [])
    assert keys.recipient.startswith("age1")
    assert "AGE-SECRET" not in repr(keys)
    settings.master_key_file.chmod(0o644)
    with pytest.raises(BadKeys, match="read by everybody"):
        load_keys(settings)
    settings.master_key_file.chmod(0o600)
    settings.master_key_file.write_text("madomori-master-v1:AAAA")
    with pytest.raises(BadKeys, match="must hold"):
        load_keys(settings)


@pytest.mark.parametrize(
    "changes",
    [
        {"store": "s3://bucket"},
        {"store": "https://bucket", "store_secret_file": Path("s")},
        {"store": "s3://bucket?colour=red", "store_secret_file": Path("s")},
        {"timestamp_url": "http://tsa.example/"},
        {"master_key_file": Path("keys/identity.txt"), "identity_file": Path("keys/identity.txt")},
        {"retention": {"none": 0}},
        {"root_mail": ["not an address"]},
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RecordingSettings.model_validate(
            {"identity_file": tmp_path / "a", "master_key_file": tmp_path / "b"} | changes
        )


def test_keys_in_the_folder_of_the_data_are_refused(tmp_path: Path) -> None:
    config = tmp_path / "hub.toml"
    text = 'site = "city"\nstate_dir = "data"\n[recordings]\nidentity_file = "{}"\nmaster_key_file = "k/m"\n'
    config.write_text(text.format("k/i"))
    assert load(config).recordings is not None
    for inside in ("data/identity", "k/../data/deep/identity"):
        config.write_text(text.format(inside))
        with pytest.raises(BadSettings, match="must not lie in the folder of the data"):
            load(config)


def test_the_command_makes_the_keys_and_prints_the_public_one(tmp_path: Path) -> None:
    config = tmp_path / "hub.toml"

    def ask() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hub", "keys", "--config", str(config)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    config.write_text('site = "city"\nstate_dir = "data"\n')
    assert ask().returncode == 2
    config.write_text(
        config.read_text() + '[recordings]\nidentity_file = "keys/i"\nmaster_key_file = "keys/m"\n'
    )
    for made in (3, 0):
        told = ask()
        assert (told.returncode, told.stdout[:4]) == (0, "age1")
        assert told.stderr.count("keep a copy in a safe") == made
    assert sorted(file.name for file in (tmp_path / "keys").iterdir()) == ["export.pem", "i", "m"]
