"""What the report says, as the template reads it. In Japanese: it goes to offices, lawyers and the police."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.evidence.recording import Recording
from hub.store.recordings_ledger import Day
from hub.web.dates import Dates
from hub.web.export.told import ToldIncident
from hub.web.recording_words import END, WHY
from wire.evidence.ledger import LedgerLine
from wire.evidence.line import RATE_HZ
from wire.evidence.package import fingerprint


@dataclass(frozen=True, slots=True)
class Asked:
    """Who takes it away, and why."""

    reason: str
    basis: str
    recipient: str = ""
    """Empty: nobody outside yet."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a report tells."""

    organisation: str
    incident: int
    told: ToldIncident
    recordings: Sequence[tuple[Recording, str]]
    """With the place of each."""
    line: LedgerLine
    """The line of the ledger that tells of this export."""
    days: Sequence[Day]
    hub_key: str
    units: Mapping[str, str]
    asked: Asked
    made: datetime


def report_tree(of: Contents, dates: Dates) -> dict[str, Any]:
    """JSON values; every text may be anything that a person has written."""
    made = f"{dates.both(of.made)} {dates.clock(of.made)}"
    return {
        "title": f"事案報告書（第{of.incident}号）",
        "organisation": of.organisation,
        "header-left": f"{of.organisation}　事案 第{of.incident}号",
        "header-right": f"作成 {dates.moment(of.made)}",
        "footer": f"取扱台帳 {of.line.seq} 行 {of.line.hash[:16]}…",
        "facts": [["事案番号", f"第{of.incident}号"], *map(list, of.told.facts)],
        "record": [list(pair) for pair in of.told.record],
        "timeline": [[line.at, line.what, line.who] for line in of.told.timeline],
        "recordings": [
            {"id": one.id, "digest": one.head.previous, "facts": _recording(one, place, dates)}
            for one, place in of.recordings
        ],
        "ledger-text": (
            "録音の受信・再生・書き出し・開示・削除は、すべて書き足し専用の台帳に記録され、各行は直前の行の"
            "ハッシュ値を含みます。下の値を控えておけば、この時点までの台帳が後から書き換えられていないことを"
            "確かめられます。"
        ),
        "ledger-seq": f"{of.line.seq} 行",
        "ledger-hash": of.line.hash,
        "days": [
            [day.day, str(day.seq), day.hash, dates.moment(day.stamped) if day.stamped else "なし"]
            for day in of.days
        ],
        "keys": [
            ["ハブ（この一式の署名）", fingerprint(of.hub_key)],
            *([f"端末 {unit}（録音の署名）", fingerprint(key)] for unit, key in sorted(of.units.items())),
        ],
        "export": [
            ["作成日時", made],
            ["作成した者", f"{of.line.name}（{of.line.actor}）"],
            ["理由", of.asked.reason],
            ["根拠", of.asked.basis],
            ["提供先", of.asked.recipient or "記載なし"],
        ],
        "method": (
            "証拠一式のZIPファイルに対して、検証コマンド madomori-verify を実行します。作成した組織の"
            "システムやインターネットには接続しません。改変があれば、その箇所を言葉で示します。使い方は同封の"
            "「READMEはじめにお読みください.txt」をご覧ください。"
        ),
    }


def _recording(one: Recording, place: str, dates: Dates) -> list[list[str]]:
    words = dates.words
    unsure = "（端末の時計が未設定のため推定）" if one.clock == "unsynced" else ""
    ended = f"{dates.clock(one.ended)}（{words(END[one.end])}）" if one.end else "作成時点で継続中"
    facts = [
        ["場所・端末", f"{place}（{one.unit}）"],
        ["開始", f"{dates.both(one.started)} {dates.clock(one.started)}{unsure}"],
        ["終了", ended],
        ["長さ・区間", f"{dates.lasted(one.seconds)}・{one.segments}区間"],
        ["録音の理由", words(WHY[one.why])],
    ]
    if one.missing:
        facts.append(["届かなかった音", f"{one.missing / RATE_HZ:.1f}秒（無音で補い、端末が署名して記録）"])
    if one.altered:
        facts.append(
            ["保管中の異常", f"{one.altered}区間が保管場所で失われたか改変されたため、入っていません"]
        )
    return facts
