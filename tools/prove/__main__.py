"""``make prove``: every proof in its long form, each bounded in time, and a summary with what was proven."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "prove"

LONG = {"MADOMORI_PROOFS": "long"}
"""Read by ``tests/support/proofs.py``."""


@dataclass(frozen=True)
class Proof:
    name: str
    says: str
    tests: tuple[str, ...]
    within_s: float
    """A proof that has not ended by then has failed; some three times what it takes on two cores."""


PROOFS = (
    Proof(
        "heart",
        "the heart against a model: no press lost, no light that lies, whatever happens in whatever order",
        ("tests/property/test_unit_heart_model.py", "tests/property/test_unit_light_truth.py"),
        600.0,
    ),
    Proof(
        "outbox",
        "a power cut at any write of the outbox: what COMMIT confirmed is there, the file always opens",
        ("tests/faults/test_outbox_every_write.py", "tests/faults/test_outbox_power_cut.py"),
        900.0,
    ),
    Proof(
        "house",
        "broker, hub and units are killed again and again: each of 10,000 events is stored exactly once",
        ("tests/faults/test_power_cuts.py",),
        2400.0,
    ),
    Proof(
        "garbage",
        "anything at all on every topic: refused with a reason, counted, and the hub lives",
        ("tests/faults/test_hub_garbage.py", "tests/property/test_codec.py"),
        900.0,
    ),
    Proof(
        "hearing",
        "a day of ordinary sound without a finding, in steady memory; nor by starts, gaps or another gain",
        ("tests/faults/test_hearing_day.py",),
        1500.0,
    ),
    Proof(
        "recorder",
        "power cuts at every call, a light that never lies, eight hours on four units without a gap",
        (
            *("tests/faults/test_recorder_power_cut.py", "tests/property/test_recorder_light.py"),
            *("tests/faults/test_recorder_kills.py", "tests/system/test_bench_recorder.py"),
        ),
        1500.0,
    ),
    Proof(
        "hour",
        "an hour of sound through a cut network: every sample arrives, is heard and taken away at once",
        ("tests/system/test_recordings_hour.py",),
        600.0,
    ),
    Proof(
        "notices",
        "what is to be told is told through crashes, outages and ten thousand that wait, in bounded memory",
        (
            *("tests/faults/test_carrier.py", "tests/faults/test_carrier_limits.py"),
            "tests/contract/test_carrier_databases.py",
        ),
        600.0,
    ),
    Proof(
        "calling",
        "10,000 histories of an alarm: nobody waits longer than their tier says, nobody is called in vain",
        ("tests/property/test_hub_histories.py", "tests/contract/test_store_histories.py"),
        1800.0,
    ),
    Proof(
        "kills",
        "500 kills of a hub in ten houses while 200 units send 20,000 events: none lost, no incident twice",
        ("tests/faults/test_hub_many_kills.py",),
        3000.0,
    ),
    Proof(
        "api",
        "whatever the API is asked, the hub answers and does not fail",
        ("tests/system/test_hub_api_anything.py",),
        1800.0,
    ),
    Proof(
        "hubs",
        "two hubs on one database and broker: one incident, one notification, no gap when one is killed",
        ("tests/faults/test_two_hubs.py",),
        900.0,
    ),
    Proof(
        "properties",
        "all other properties, with many more examples",
        (
            *("tests/property/test_unit_contacts.py", "tests/property/test_unit_delivery.py"),
            *("tests/property/test_hub_incidents.py", "tests/property/test_hub_sessions.py"),
            *("tests/property/test_hub_streams.py", "tests/property/test_hearing_any_sound.py"),
            *("tests/property/test_package_alterations.py", "tests/browser/test_page_load.py"),
            "tests/system/test_bench.py",
        ),
        1200.0,
    ),
)


@dataclass(frozen=True)
class Outcome:
    proof: Proof
    passed: bool
    took_s: float
    told: str


def run(proof: Proof) -> Outcome:
    """Run one proof to its end or to the end of its time."""
    report = CACHE / f"{proof.name}.xml"
    report.unlink(missing_ok=True)
    # xunit1: the other family has no place for the figures that tests record.
    options = ["-q", "-o", "junit_family=xunit1", f"--junitxml={report}"]
    command = [sys.executable, "-m", "pytest", *options, *proof.tests]
    began = time.monotonic()
    # A group of its own: whatever the tests have started ends with them when their time is over.
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | LONG, start_new_session=True) as tests:
        try:
            code: int | None = tests.wait(proof.within_s)
        except (subprocess.TimeoutExpired, KeyboardInterrupt) as ended:
            os.killpg(tests.pid, signal.SIGKILL)
            if isinstance(ended, KeyboardInterrupt):
                raise
            code = None
    took_s = time.monotonic() - began
    if code is None:
        return Outcome(proof, False, took_s, f"not within {proof.within_s:.0f} s")
    return Outcome(proof, code == 0, took_s, _told(report))


def _told(report: Path) -> str:
    """Counts, and the figures that tests recorded as "proved"."""
    if not report.exists():
        return "pytest wrote no report"
    tree = ElementTree.parse(report)  # noqa: S314 - our own pytest has just written it
    suite = tree.find(".//testsuite")
    counts = suite.attrib if suite is not None else {}
    told = [f"{counts.get('tests', 0)} tests"]
    told += [
        f"{counts[what]} {what}" for what in ("failures", "errors", "skipped") if counts.get(what, "0") != "0"
    ]
    told += [each.attrib["value"] for each in tree.iterfind(".//property[@name='proved']")]
    return "; ".join(told)


def summary(outcomes: Iterable[Outcome]) -> str:
    """One line for each proof, and what it proved under it."""
    lines = ["", "Proofs in their long form:"]
    for outcome in outcomes:
        mark = "proved" if outcome.passed else "FAILED"
        lines += [
            f"  {mark}  {outcome.proof.name}, {outcome.took_s:.0f} s: {outcome.proof.says}",
            f"          {outcome.told}",
        ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tools/prove/run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PROOF", help=f"of: {', '.join(p.name for p in PROOFS)}")
    names = parser.parse_args(arguments).names
    if unknown := set(names) - {proof.name for proof in PROOFS}:
        parser.error(f"proofs are {', '.join(p.name for p in PROOFS)}; given: {', '.join(sorted(unknown))}")
    CACHE.mkdir(parents=True, exist_ok=True)
    outcomes = []
    for proof in PROOFS:
        if not names or proof.name in names:
            print(f"\n{proof.name}: {proof.says} (at most {proof.within_s:.0f} s)", flush=True)
            outcomes.append(run(proof))
    print(summary(outcomes))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
