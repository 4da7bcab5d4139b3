"""Time stamps of the days' roots, by a real authority's program (openssl)."""

import asyncio
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hub.recordings.stamping import Authority, NotStamped
from hub.store import recordings_ledger
from tests.support.messages import SITE
from tests.support.recording_hub import recording_hub
from tests.support.recordings import RecordingUnit
from tests.support.tsa import running_authority
from wire.evidence.ledger import stated

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")


def test_a_stamp_is_believed_only_where_the_certificates_prove_it(tmp_path: Path) -> None:
    with running_authority(tmp_path / "one") as one, running_authority(tmp_path / "other") as other:
        said = stated(SITE, "2026-11-22", 7, "ab" * 32)
        stamp = Authority(one.url, one.ca_file).stamp(said)
        (tmp_path / "stamp.tsr").write_bytes(stamp.response)
        (tmp_path / "said").write_bytes(said)
        checked = subprocess.run(
            [
                *("openssl", "ts", "-verify", "-data", str(tmp_path / "said")),
                *("-in", str(tmp_path / "stamp.tsr"), "-CAfile", str(one.ca_file)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Verification: OK" in checked.stdout + checked.stderr
        with pytest.raises(NotStamped, match="certificates"):
            Authority(one.url, other.ca_file).stamp(said)
        for mood, why in (("away", "answered 503"), ("garbage", "no time stamp"), ("other", "no stamp")):
            one.mood[0] = mood
            with pytest.raises(NotStamped, match=why):
                Authority(one.url, one.ca_file).stamp(said)
    with pytest.raises(NotStamped, match="cannot be reached"):
        Authority(one.url, one.ca_file).stamp(said)


def test_a_failing_authority_is_shown_tried_again_and_keeps_nothing_waiting(tmp_path: Path) -> None:
    async def story() -> None:
        unit = RecordingUnit("age1nobody")
        with running_authority(tmp_path / "tsa") as tsa:
            more: dict[str, Any] = {"timestamp_url": tsa.url, "timestamp_ca_file": tsa.ca_file}
            async with recording_hub(tmp_path, None, [unit], **more) as hub:
                await hub.send_all(unit.record(0.2, end="staff"))
                hub.clock.move(days=1)
                tsa.mood[0] = "away"
                await hub.keeper.look()
                assert list(hub.parts.troubles(0.0)) == [
                    ("hub", "recording-stamp", "the authority answered 503")
                ]
                (day,) = await hub.read(lambda tx: recordings_ledger.days(tx, SITE))
                assert (day.stamp, day.tries, day.problem) == (None, 1, "the authority answered 503")
                tsa.mood[0] = "well"
                await hub.keeper.look()  # too early to ask again
                assert (await hub.read(lambda tx: recordings_ledger.days(tx, SITE)))[0].stamp is None
                hub.clock.move(seconds=61)
                await hub.keeper.look()
                (day,) = await hub.read(lambda tx: recordings_ledger.days(tx, SITE))
                assert day.stamp is not None
                assert day.stamped is not None
                assert list(hub.parts.troubles(0.0)) == []
                (line, _) = (await hub.read(lambda tx: recordings_ledger.page(tx, SITE)))[0]
                assert (line.act, line.subject, line.detail["root"]) == ("stamped", day.day, day.hash)

    asyncio.run(story())
