"""The heart of what people write: steps, reports that two people change, approval, tasks, cases."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.incidents import Entry
from hub.record import guide, kinds, report
from hub.record.folding import WORDS_MAX, folded, pattern, wanted
from hub.record.guide import BadStep
from hub.record.kinds import Verdict
from hub.record.report import BadReport, weave
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


def test_searches_are_folded() -> None:
    assert folded("ｶｽﾊﾗ　ＡＢＣ①") == folded("かすはら abc1")
    assert wanted(" ｶｽﾊﾗ  Ａ１ ") == ["かすはら", "a1"]
    assert len(wanted("a " * 100)) == WORDS_MAX
    assert pattern("50%_\\") == "%50\\%\\_\\\\%"
