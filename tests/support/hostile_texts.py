"""Texts that come from outside and mean harm: unit names, notes, payloads, file names, what people type.

A page that shows one shows it as text; a table that holds one stays a table; a file that holds one stays a
file of cells; a log line that holds one stays one line.
"""

import csv
import io

HTML = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\"><svg onload=document.title='owned'>",
    "'><b class=owned>x</b>",
    "javascript:document.title='owned'",
    "</textarea><b class=owned>x</b>",
    "</script><b class=owned>x</b>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b class=owned&gt;",
)
SQL = (
    "'; DROP TABLE incident; --",
    "' OR '1'='1",
    "%' OR 1=1 --",
    "%",
    "_",
    "\\",
    "Robert'); DELETE FROM entry;--",
)
CSV = (
    '=HYPERLINK("http://127.0.0.1/","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    'a","=1+1',
    "a\r\n=1+1",
)
LOG = (
    "x\nevent=signed_in login=admin",
    "x\r\nforged",
    "x\x1b[2J",
    "x\u2028forged",
    "x\u202etxt.exe",
)
FILE_NAMES = (
    "../../etc/passwd",
    "..\\..\\x",
    "a/b.flac",
    "con",
    "x\n.flac",
    "x\r\nset-cookie: owned=1",
)
EVERY = HTML + SQL + CSV + LOG + FILE_NAMES

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def printable(texts: tuple[str, ...] = EVERY) -> list[str]:
    """Those that a field of one line may hold."""
    return [text for text in texts if text.isprintable()]


def check_csv(body: bytes) -> list[list[str]]:
    """The cells of a file that Excel in Japan opens: BOM, CRLF, and no cell that it takes for a formula."""
    assert body.startswith(b"\xef\xbb\xbf"), "no byte order mark: Excel would read Shift_JIS"
    text = body[3:].decode()
    assert text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(row) for row in rows}) == 1, "rows of different lengths"
    for row in rows:
        for cell in row:
            assert not cell.startswith(STARTS_A_FORMULA), f"a formula: {cell!r}"
    return rows
