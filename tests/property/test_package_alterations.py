"""Whatever is done to a package, the verifier names it; also where it was done by somebody who has a key."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.packages import Made, Memory, make_package, signed_again
from tests.support.proofs import size
from wire.evidence import package as parts
from wire.evidence.canonical import canonical
from wire.evidence.keys import public_text
from wire.evidence.ledger import LedgerLine, Veiled, read_line
from wire.evidence.signed import read_signed, sign
from wire.verifier.findings import Finding, Findings, codes
from wire.verifier.package import NoPackage, Pins, check
from wire.verifier.words import FINDINGS, LANGUAGES, said

Files = dict[str, bytes]
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\5" * 32)
FLIPS = size(500, 8000)
FORGERIES = size(30, 400)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_package(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def files(made: Made) -> Files:
    return made.files


@pytest.fixture(scope="module")
def verify(made: Made) -> Callable[[Files], Findings]:
    roots = tuple(x509.load_pem_x509_certificates(made.tsa.root.read_bytes()))
    pins = Pins(public_text(made.hub_key), {"c1": public_text(made.unit_key)}, roots)

    def verify(files: Files) -> Findings:
        found = check(Memory(files), pins).findings
        for each in found:
            for language in LANGUAGES:
                assert said(each, language)
        return found

    return verify


def named(found: Findings, **values: str | int) -> list[Finding]:
    """Faults that name these."""
    return [each for each in found.faults if values.items() <= each.values.items()]


def manifests(files: Files) -> list[str]:
    return [name for name in files if name.endswith("manifest.jsonl")]


def test_an_unaltered_package_is_accepted(made: Made, verify: Callable[[Files], Findings]) -> None:
    found = verify(made.files)
    assert found.faults == []
    assert {
        "signature-good",
        "hub-key-good",
        "unit-key-good",
        "files-good",
        "recording-good",
        "ledger-good",
        "incident-good",
        "stamp-good",
    } <= codes(found)


def test_any_altered_byte_of_any_file_is_named(files: Files, verify: Callable[[Files], Findings]) -> None:
    draw, names = random.Random(20261122), list(files)
    for turn in range(FLIPS):
        name = names[turn % len(names)]
        data = bytearray(files[name])
        at = draw.randrange(len(data))
        how = draw.randrange(4)
        if how == 0:
            del data[at]
        elif how == 1:
            data.insert(at, draw.randrange(256))
        else:
            data[at] ^= draw.randrange(1, 256)
        if bytes(data) == files[name]:
            continue
        try:
            found = verify(files | {name: bytes(data)})
        except NoPackage as refused:
            assert (name, refused.code) == (parts.INDEX, "index-bad")
            continue
        if name in (parts.INDEX, parts.SIGNATURE):
            assert codes(found.faults) & {"signature-bad", "signature-missing"}, (name, at)
            continue
        assert named(found, file=name), (name, at, found.faults)
        if name.endswith((".flac", ".jpg")):
            (segment,) = [each for each in found.faults if each.code == "segment-altered"]
            assert segment.values["segment"] == int(name[-11:-5] if name.endswith("flac") else name[-10:-4])


def test_a_dropped_an_added_and_an_exchanged_file_are_named(
    files: Files, verify: Callable[[Files], Findings]
) -> None:
    for name in files:
        left = {each: data for each, data in files.items() if each != name}
        if name == parts.INDEX:
            with pytest.raises(NoPackage):
                verify(left)
            continue
        found = verify(left)
        assert named(found, file=name) or "signature-missing" in codes(found), name
    for name in ("recordings/extra.flac", "report2.pdf", "stamps/2026-11-21.tsr", "ＲＥＡＤＭＥ.txt"):
        assert [each.code for each in named(verify(files | {name: b"x"}), file=name)] == ["file-added"]
    sound = [name for name in files if name.endswith(".flac")]
    for one, two in pairwise(sound):
        if files[one] != files[two]:
            assert named(verify(files | {one: files[two], two: files[one]}), file=one)


def test_the_one_who_can_sign_the_list_cannot_alter_a_recording(
    made: Made, files: Files, verify: Callable[[Files], Findings]
) -> None:
    draw = random.Random(7)
    for turn in range(FORGERIES):
        name = draw.choice(manifests(files))
        recording = name.split("/")[1]
        lines = files[name].splitlines(keepends=True)
        at = draw.randrange(len(lines))
        match turn % 6:
            case 0:  # dropped
                forged = lines[:at] + lines[at + 1 :]
            case 1:  # twice
                forged = [*lines[: at + 1], lines[at], *lines[at + 1 :]]
            case 2:  # reordered
                forged = [*lines[:at], *lines[at + 1 :], lines[at]] if at + 1 < len(lines) else lines[::-1]
            case 3:  # signed by somebody else
                line = read_signed(lines[at][:-1]).line
                forged = [*lines[:at], sign(line, STRANGER).canonical() + b"\n", *lines[at + 1 :]]
            case 4:  # cut off, and said to be shorter
                forged = lines[:-1]
            case _:  # a field changed
                line = replace(read_signed(lines[at][:-1]).line, clock="unsynced")
                told = read_signed(lines[at][:-1])
                forged = [*lines[:at], replace(told, line=line).canonical() + b"\n", *lines[at + 1 :]]
        found = verify(signed_again(files | {name: b"".join(forged)}, made.hub_key))
        assert named(found, recording=recording), (turn, at)
        assert "signature-bad" not in codes(found), "the list itself is signed as it must be"
    sound = next(name for name in files if name.endswith(".flac"))
    found = verify(signed_again(files | {sound: files[sound] + b"\0"}, made.hub_key))
    assert [each.code for each in found.faults] == ["segment-altered"]


def ledger_of(files: Files) -> list[LedgerLine | Veiled]:
    return [read_line(line) for line in files[parts.LEDGER].splitlines()]


def written(lines: list[LedgerLine | Veiled]) -> bytes:
    return b"".join(line.canonical() + b"\n" for line in lines)


def rechained(lines: list[LedgerLine | Veiled], start: int) -> list[LedgerLine | Veiled]:
    """Every hash from this place on is made to fit."""
    done = lines[: start + 1]
    for line in lines[start + 1 :]:
        done.append(replace(line, previous=done[-1].hash))
    return done


def test_the_one_who_can_sign_the_list_cannot_edit_a_line_of_the_ledger(
    made: Made, files: Files, verify: Callable[[Files], Findings]
) -> None:
    whole = ledger_of(files)
    edited = 0
    for at, line in enumerate(whole):
        if isinstance(line, Veiled):
            forged: LedgerLine | Veiled = replace(line, content="0" * 64)
        else:
            forged = replace(line, reason="ほかの理由")
        edited += 1
        lines = [*whole[:at], forged, *whole[at + 1 :]]
        found = verify(signed_again(files | {parts.LEDGER: written(lines)}, made.hub_key))
        assert codes(found.faults) & {"ledger-chain", "ledger-end"}, at
        # Only the hash of the line itself is kept as it was.
        kept = canonical(json.loads(forged.canonical()) | {"hash": line.hash}) + b"\n"
        data = written(whole[:at]) + kept + written(whole[at + 1 :])
        found = verify(signed_again(files | {parts.LEDGER: data}, made.hub_key))
        assert [each.values["seq"] for each in found.faults if each.code == "ledger-altered"] == [line.seq]
        gone = verify(
            signed_again(files | {parts.LEDGER: written(whole[:at] + whole[at + 1 :])}, made.hub_key)
        )
        assert codes(gone.faults) & {"ledger-gap", "ledger-end"}, at
    assert edited == len(whole) > 10


def test_a_ledger_that_is_rewritten_to_its_end_does_not_fit_the_days_roots_and_stamps(
    made: Made, files: Files, verify: Callable[[Files], Findings]
) -> None:
    whole, index = ledger_of(files), json.loads(files[parts.INDEX])
    stamped = next(day for day in index["days"] if day["stamped"])
    for at, line in enumerate(whole[:-1]):
        if isinstance(line, Veiled) or line.seq > stamped["seq"]:
            continue
        lines = rechained([*whole[:at], replace(line, name="別人"), *whole[at + 1 :]], at)
        span = index["ledger"] | {"hash": lines[-1].hash}
        forged = signed_again(files | {parts.LEDGER: written(lines)}, made.hub_key, ledger=span)
        assert "day-root" in codes(verify(forged).faults)
        roots = {each.seq: each.hash for each in lines}
        days = [day | {"root": roots[day["seq"]]} for day in index["days"]]
        forged = signed_again(forged, made.hub_key, ledger=span, days=days)
        assert [each.values["day"] for each in verify(forged).faults] == [stamped["day"]]


def test_an_edited_incident_is_named_by_the_ledger_even_when_the_list_is_signed_again(
    made: Made, files: Files, verify: Callable[[Files], Findings]
) -> None:
    incident = files[parts.INCIDENT].replace("緊急ボタン".encode(), "呼出ボタン".encode())
    assert incident != files[parts.INCIDENT]
    found = verify(signed_again(files | {parts.INCIDENT: incident}, made.hub_key))
    assert [(each.code, each.values["file"]) for each in found.faults] == [
        ("incident-altered", parts.INCIDENT)
    ]


def test_keys_that_were_exchanged_are_named_where_the_receiver_knows_them(
    made: Made, files: Files, verify: Callable[[Files], Findings]
) -> None:
    assert "signature-bad" in codes(verify(signed_again(files, STRANGER)))
    taken = signed_again(files, STRANGER, hub_key=public_text(STRANGER))
    assert codes(verify(taken).faults) == {"hub-key-differs"}
    units = signed_again(files, made.hub_key, units={"c1": public_text(STRANGER)})
    assert {"unit-key-differs", "line-signature"} <= codes(verify(units).faults)
    unknown = check(Memory(taken), Pins()).findings
    assert unknown.faults == []
    (note,) = [each for each in unknown if each.code == "hub-key-open"]
    assert note.values["fingerprint"] == parts.fingerprint(STRANGER.public_key())
    assert note.values["fingerprint"] != parts.fingerprint(made.hub_key.public_key())
    for pin in (public_text(made.hub_key), parts.fingerprint(public_text(made.hub_key)).upper()):
        assert "hub-key-good" in codes(check(Memory(files), Pins(pin)).findings)


def test_every_finding_has_words_in_both_languages() -> None:
    for code, texts in FINDINGS.items():
        assert len(texts) == 2, code
        assert all(texts), code
