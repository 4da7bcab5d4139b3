"""The ledger's lines hold one another: an edit, a hole and another order are named."""

import hashlib
from dataclasses import replace

import pytest

from wire.evidence.canonical import ZEROS
from wire.evidence.faults import Altered, BadLine, EvidenceRefused, Gap, Reordered
from wire.evidence.ledger import LedgerLine, check_hash, check_ledger, day_roots, read_line


def ledger(count: int = 6) -> list[LedgerLine]:
    lines: list[LedgerLine] = []
    previous = ZEROS
    for seq in range(1, count + 1):
        made = LedgerLine(
            seq,
            f"2026-11-{20 + seq // 3}T05:00:00.123Z",
            "sato",
            "佐藤",
            "played",
            "r1",
            "照会",
            {"n": seq},
            previous,
            salt=f"{seq:032x}",
        )
        lines.append(made)
        previous = made.hash
    return lines


def test_a_whole_ledger_holds_and_its_end_goes_on() -> None:
    lines = ledger()
    assert check_ledger(lines) == (6, lines[-1].hash)
    assert check_ledger(lines[3:], check_ledger(lines[:3])) == (6, lines[-1].hash)
    assert [read_line(line.canonical()) for line in lines] == lines


def test_the_hash_is_the_one_that_the_contract_states() -> None:
    line = LedgerLine(1, "2026-11-22T05:00:00.123Z", "", "", "received", "r", "", {}, salt="5" * 32)
    told = (
        b'{"act":"received","actor":"","detail":{},"name":"","reason":"","salt":"' + b"5" * 32 + b'",'
        b'"subject":"r"}'
    )
    content = hashlib.sha256(b"madomori-ledger-content-v1\n" + told).hexdigest()
    written = (
        f'{{"at":"2026-11-22T05:00:00.123Z","content":"{content}","previous":"{"0" * 64}","seq":1}}'
    ).encode()
    assert line.hash == hashlib.sha256(b"madomori-ledger-v1\n" + written).hexdigest()
    assert line.hash == "311bd29c035301600d11fb529b6c9d90838e830ca89a33031a19586ab7f994dd"


def test_a_veiled_line_keeps_the_chain_and_tells_nothing_of_its_content() -> None:
    lines = ledger()
    veiled = [line if line.seq in (2, 5) else line.veiled for line in lines]
    assert check_ledger(veiled) == (6, lines[-1].hash)
    assert [read_line(line.canonical()) for line in veiled] == veiled
    for line in lines:
        told = line.veiled.canonical().decode()
        assert not any(text in told for text in ("sato", "佐藤", "played", "r1", "照会", line.salt))
    same = replace(lines[0], salt="9" * 32)
    assert same.content != lines[0].content, "who guesses the content must not find it by its digest"
    veiled[2] = replace(lines[2].veiled, content="0" * 64)
    with pytest.raises(Altered):
        check_ledger(veiled)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "suzuki"},
        {"name": "鈴木"},
        {"act": "deleted"},
        {"subject": "r2"},
        {"reason": ""},
        {"detail": {"n": 99}},
        {"at": "2026-11-20T05:00:00.124Z"},
    ],
)
def test_an_edited_line_breaks_at_the_next_one_and_at_its_own_hash(change: dict[str, object]) -> None:
    lines = ledger()
    lines[2] = replace(lines[2], **change)  # type: ignore[arg-type]
    with pytest.raises(Altered) as told:
        check_ledger(lines)
    assert told.value.index == 4
    with pytest.raises(Altered):
        check_hash(lines[2], ledger()[2].hash)


def test_a_hole_and_another_order_are_named() -> None:
    lines = ledger()
    with pytest.raises(Gap, match="line 3 is missing"):
        check_ledger(lines[:2] + lines[3:])
    with pytest.raises(EvidenceRefused):
        check_ledger([lines[1], lines[0], *lines[2:]])
    with pytest.raises(Reordered):
        check_ledger([*lines[:3], lines[2], *lines[3:]])


def test_a_day_has_the_hash_of_its_last_line_as_root() -> None:
    lines = ledger()
    assert day_roots(lines) == {
        "2026-11-20": lines[1].hash,
        "2026-11-21": lines[4].hash,
        "2026-11-22": lines[5].hash,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 0},
        {"seq": True},
        {"at": "yesterday"},
        {"act": "sold"},
        {"reason": 5},
        {"previous": ""},
        {"salt": ""},
    ],
)
def test_a_field_out_of_its_limits_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadLine):
        replace(ledger(1)[0], **change)  # type: ignore[arg-type]
