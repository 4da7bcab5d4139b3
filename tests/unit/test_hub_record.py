"""The heart of what people write: steps, reports that two people change, approval, tasks, cases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.incidents import Entry
from hub.people import Person, Role
from hub.record import approval, cases, guide, kinds, report, tasks
from hub.record.approval import Approval, Move, NeedsWords, NotNow, NotYours, Stage
from hub.record.cases import BadCase, Case, Limits
from hub.record.folding import WORDS_MAX, folded, pattern, wanted
from hub.record.guide import BadStep
from hub.record.kinds import Verdict
from hub.record.report import BadReport, weave
from hub.record.tasks import BadTask, Task
from hub.words import read_words
from tests.support.incidents import NOW

Lines = list[tuple[int, Entry]]


def pressed(*steps: str) -> Lines:
    return [
        (n, Entry("step", NOW + timedelta(seconds=n), "佐藤", "person:sato", {"step": step}))
        for n, step in enumerate(steps, 1)
    ]


def undone(lines: Lines, line: int) -> Lines:
    detail = guide.undo(guide.read(lines), line)
    return [*lines, (len(lines) + 1, Entry("step-undone", NOW, "佐藤", "person:sato", detail))]


@pytest.mark.parametrize(
    ("steps", "advised"),
    [
        ((), "announce"),
        (("announce",), "cease"),
        (("announce", "cease"), "cease"),
        (("announce", "cease", "cease"), "leave"),
        (("announce", "cease", "cease", "leave", "leave", "warn"), "police"),
        (("police",), "hand-over"),
        (("police", "hand-over"), None),
        (("warn", "announce"), "police"),
    ],
)
def test_the_next_step_by_the_manual(steps: tuple[str, ...], advised: str | None) -> None:
    found = guide.read(pressed(*steps)).advised
    assert (found.code if found else None) == advised


def test_a_press_is_undone_by_a_further_line() -> None:
    lines = pressed("announce", "cease")
    after = undone(lines, 2)
    read = guide.read(after)
    assert [press.step for press in read.presses] == ["announce"]
    assert read.undone == {2}
    assert len(after) == 3, "nothing is taken out"
    for line in (2, 3, 99):
        with pytest.raises(BadStep):
            guide.undo(read, line)


def test_warnings_count_what_the_visitor_was_told() -> None:
    assert guide.read(pressed("announce", "cease", "leave", "warn", "police", "hand-over")).warnings == 4


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("shout", {}),
        ("police", {}),
        ("police", {"way": "112"}),
        ("cease", {"way": "110"}),
        ("cease", {"note": "x" * 401}),
    ],
)
def test_steps_that_cannot_be_pressed(step: str, words: dict[str, str]) -> None:
    with pytest.raises(BadStep):
        guide.press(guide.Guide(), step, **words)


def test_a_step_is_pressed_nine_times_at_most() -> None:
    guide.press(guide.read(pressed(*["cease"] * 8)), "cease")
    with pytest.raises(BadStep, match="at most 9"):
        guide.press(guide.read(pressed(*["cease"] * 9)), "cease")


def test_the_sixteen_kinds_and_one_more() -> None:
    codes = ["1a", "1b", *(f"2{sign}" for sign in "abcdefghij"), "3a", "3b", "3c", "3d", "9"]
    assert list(kinds.BY_CODE) == codes
    assert {kind.group for kind in kinds.KINDS} == set(kinds.GROUPS)


POLICY = """1a 提供する行政サービスに瑕疵・過失がないにもかかわらず、サービスの提供し直しを要求する行為など
1b 提供する行政サービスの内容とは関係がないことを要求する行為
2a 身体的な攻撃
2b 精神的な攻撃（大声で執拗に責め立てる、人格を否定するなど）
2c 威圧的な言動（机を叩く、話の揚げ足を取って責め立てるなど）
2d 土下座の要求
2e 執拗な要求、言動等の繰り返し（何度も要求を繰り返すなど）
2f 職員を拘束する行動（長時間の居座りや電話等で就業者を拘束するなど）
2g 差別的な言動（人種、職業、性自認、性的指向等に関する侮辱的な言動）
2h 性的な言動（職員へのセクシュアル・ハラスメント、SOGIハラスメント、つきまとい行為など）
2i 個人への攻撃や嫌がらせ（容姿等の中傷、市や職員の信用を毀損させる内容や個人情報等をSNS等へ投稿する行為、\
SNS等に悪評等の投稿をほのめかす発言、盗撮や無断での撮影行為など）
2j 円滑な業務遂行への非協力（説明を聞かない、させないなど）
3a 過度な商品交換の要求
3b 過度な金銭補償の要求
3c 過度な謝罪の要求
3d その他不可能な行為や抽象的な行為の要求（法改正の要求、誠意の要求など）"""
"""Section 2 of the policy."""


def test_the_japanese_kinds_are_the_policys_words() -> None:
    words = read_words()["ja"]
    said = [f"{kind.code} {words(kind.text)}" for kind in kinds.KINDS if kind.code != "9"]
    assert "\n".join(said) == POLICY


@pytest.mark.parametrize(
    ("given_verdicts", "says"),
    [
        (("yes", "yes", "yes", "yes"), Verdict.YES),
        (("yes", "yes", "yes", ""), Verdict.OPEN),
        (("yes", "no", "", ""), Verdict.NO),
        (("yes", "unclear", "yes", "yes"), Verdict.UNCLEAR),
    ],
)
def test_the_four_tests_together(given_verdicts: tuple[str, ...], says: Verdict) -> None:
    assert kinds.meets_definition(dict(zip(kinds.TESTS, given_verdicts, strict=True))) is says


def test_a_report_is_kept_clean() -> None:
    kept = report.clean({"words": " 一\r\n二 ", "kinds": "2i, 1a,2i", "why": "  ", "test-user": "yes"})
    assert kept == {"words": "一\n二", "kinds": "1a,2i", "test-user": "yes"}
    assert report.kinds_of(kept) == ("1a", "2i")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("words", "a\0b"),
        ("words", "\x1b[2J"),
        ("words", "x" * 20_001),
        ("note-user", "x" * 1001),
        ("test-user", "perhaps"),
        ("kinds", "2a,4z"),
        ("password", "x"),
    ],
)
def test_a_faulty_report_names_its_field(field: str, text: str) -> None:
    with pytest.raises(BadReport) as error:
        report.clean({field: text})
    assert error.value.field == field


REPORTS = st.dictionaries(st.sampled_from(report.ALL_FIELDS), st.sampled_from(["", "a", "b", "c"]))


@given(base=REPORTS, mine=REPORTS, theirs=REPORTS)
def test_of_two_peoples_changes_none_is_lost(
    base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    woven = weave(base, mine, theirs)
    for name in report.ALL_FIELDS:
        old, my, their = base.get(name, ""), mine.get(name, ""), theirs.get(name, "")
        result = woven.report.get(name, "")
        if name in woven.conflicts:
            assert my != old
            assert their != old
            assert my != their
            assert result == my
        elif my != old:
            assert result == my
        else:
            assert result == their
    assert weave(base, mine, base).report == {k: v for k, v in mine.items() if v}
    assert not weave(base, mine, mine).conflicts


@given(before=st.text(max_size=200), after=st.text(max_size=200))
def test_differences_tell_both_texts_whole(before: str, after: str) -> None:
    pieces = report.pieces(before, after)
    assert "".join(text for what, text in pieces if what != "new") == before
    assert "".join(text for what, text in pieces if what != "gone") == after


def test_long_texts_are_compared_line_by_line() -> None:
    before = "\n".join(f"{n} 行目" for n in range(2000))
    pieces = report.pieces(before, before.replace("1000 行目", "千行目"))
    assert [text for what, text in pieces if what != "same"] == ["1000 行目\n", "千行目\n"]


def moved(*moves: tuple[Move, str]) -> Approval:
    state = Approval()
    for do, login in moves:
        state = approval.move(state, do, login, "理由")
    return state


SUBMITTED = (Move.SUBMIT, "suzuki")
CHECKED = (Move.APPROVE, "sato")


def test_the_way_of_a_record_through_the_office() -> None:
    assert moved(SUBMITTED).stage is Stage.CHECKING
    assert moved(SUBMITTED, CHECKED).stage is Stage.DECIDING
    approved = moved(SUBMITTED, CHECKED, (Move.APPROVE, "mori"))
    assert (approved.stage, approved.open) == (Stage.APPROVED, False)
    assert moved(SUBMITTED, CHECKED, (Move.RETURN, "mori")) == Approval()
    assert approval.move(approved, Move.REOPEN, "mori", "誤記").open


@pytest.mark.parametrize(
    ("before", "do", "login", "error"),
    [
        ((), Move.APPROVE, "sato", NotNow),
        ((), Move.REOPEN, "sato", NotNow),
        ((SUBMITTED,), Move.SUBMIT, "suzuki", NotNow),
        ((SUBMITTED,), Move.APPROVE, "suzuki", NotYours),
        ((SUBMITTED, CHECKED), Move.APPROVE, "suzuki", NotYours),
        ((SUBMITTED, CHECKED), Move.APPROVE, "sato", NotYours),
    ],
)
def test_moves_that_do_not_fit(before: Any, do: Move, login: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        approval.move(moved(*before), do, login, "理由")


@pytest.mark.parametrize(("do", "remark"), [(Move.RETURN, " "), (Move.RETURN, "x" * 1001)])
def test_to_return_needs_words(do: Move, remark: str) -> None:
    with pytest.raises(NeedsWords):
        approval.move(moved(SUBMITTED), do, "sato", remark)


def test_what_a_person_could_do_now() -> None:
    assert approval.allowed(Approval(), "suzuki") == {Move.SUBMIT}
    assert approval.allowed(moved(SUBMITTED), "suzuki") == {Move.RETURN}
    assert approval.allowed(moved(SUBMITTED), "sato") == {Move.APPROVE, Move.RETURN}


TASK = Task(0, "lawyer", "", "佐藤", None)


def test_tasks_are_due_and_done() -> None:
    today = date(2026, 11, 22)
    due = replace(TASK, due=date(2026, 11, 21))
    assert due.overdue(today)
    assert not replace(due, done_at=NOW).overdue(today)
    assert not replace(TASK, due=today).overdue(today)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "x"}, "kind"),
        ({"owner": ""}, "owner"),
        ({"owner": "a\nb"}, "owner"),
        ({"text": "x" * 401}, "text"),
        ({"kind": "other"}, "text"),
    ],
)
def test_a_faulty_task_names_its_field(changes: dict[str, str], field: str) -> None:
    with pytest.raises(BadTask) as error:
        tasks.check(replace(TASK, **changes))  # type: ignore[arg-type]
    assert error.value.field == field


def test_the_policy_asks_for_the_police_after_posts_and_attacks() -> None:
    assert tasks.advised(["2i"], []) == tasks.advised(["2a"], [TASK]) == ("police-report",)
    assert tasks.advised(["2i"], [replace(TASK, kind="police-report")]) == tasks.advised(["2b"], []) == ()


YAMADA = Person(1, "yamada", "山田", Role.SUPERVISOR)
CASE = Case(1, "黒い鞄の男性")


@pytest.mark.parametrize(
    ("role", "login", "readers", "reads", "writes"),
    [
        (Role.SUPERVISOR, "yamada", (), True, True),
        (Role.SUPERVISOR, "yamada", ("yamada",), True, True),
        (Role.SUPERVISOR, "sato", ("yamada",), False, False),
        (Role.AUDITOR, "kansa", ("yamada",), True, False),
        (Role.STAFF, "yamada", ("yamada",), False, False),
        (Role.ADMIN, "yamada", ("yamada",), False, False),
    ],
)
def test_who_may_read_a_case(
    role: Role, login: str, readers: tuple[str, ...], reads: bool, writes: bool
) -> None:
    who, case = replace(YAMADA, role=role, login=login), replace(CASE, readers=frozenset(readers))
    assert (cases.may_read(who, case), cases.may_write(who, case)) == (reads, writes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"alias": ""}, "alias"),
        ({"alias": "090-1234-5678の人"}, "alias"),
        ({"alias": "番号123456789"}, "alias"),
        ({"alias": "a\nb"}, "alias"),
        ({"note": "x" * 2001}, "note"),
        ({"limits": Limits(59.0)}, "limit"),
        ({"limits": Limits(30_000.0)}, "limit"),
        ({"readers": frozenset({"sato"})}, "readers"),
    ],
)
def test_a_faulty_case_names_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadCase) as error:
        cases.check(replace(CASE, **changes), YAMADA)
    assert error.value.field == field


def test_searches_are_folded() -> None:
    assert folded("ｶｽﾊﾗ　ＡＢＣ①") == folded("かすはら abc1")
    assert wanted(" ｶｽﾊﾗ  Ａ１ ") == ["かすはら", "a1"]
    assert len(wanted("a " * 100)) == WORDS_MAX
    assert pattern("50%_\\") == "%50\\%\\_\\\\%"
