"""What the check says of the ledger and of the incident: Japanese and English."""

LEDGER: dict[str, tuple[str, str]] = {
    "ledger-good": (
        "取扱台帳 {first}〜{last} 行（うち内容を示したもの {told} 行）のつながりは正しく、最後の値は "
        "{hash} です。",
        "The ledger's lines {first}–{last} ({told} of them with content) hold together; the last "
        "value is {hash}",
    ),
    "ledger-bad": (
        "取扱台帳 {seq} 行（ファイルの {line} 行目）が改変されています：{why}",
        "The ledger's line {seq} (line {line} of the file) was altered: {why}",
    ),
    "ledger-altered": (
        "取扱台帳 {seq} 行（ファイルの {line} 行目）が改変されています（値が合いません）。",
        "The ledger's line {seq} (line {line} of the file) was altered: its hash does not fit.",
    ),
    "ledger-gap": (
        "取扱台帳の {first}〜{last} 行が抜き取られています。",
        "The ledger's lines {first}–{last} are missing.",
    ),
    "ledger-reordered": (
        "取扱台帳 {seq} 行（ファイルの {line} 行目）の順序が違うか、二重になっています。",
        "The ledger's line {seq} (line {line} of the file) is out of order, or there twice.",
    ),
    "ledger-chain": (
        "取扱台帳 {seq} 行は直前の行につながりません。どちらかが書き換えられています。",
        "The ledger's line {seq} does not continue the line before it: one of the two was rewritten.",
    ),
    "ledger-end": (
        "取扱台帳の最後の行（{last} 行）が目録と合いません。",
        "The ledger's last line ({last}) is not the one that the list names.",
    ),
    "ledger-export": (
        "取扱台帳 {seq} 行に、この書き出しの記録がありません。",
        "The ledger's line {seq} does not tell of this export.",
    ),
    "incident-good": (
        "事案の記録（incident.json）は、取扱台帳 {seq} 行（{name}：{reason}）に記された値と一致しました。",
        "The incident (incident.json) is the one that the ledger's line {seq} states ({name}: {reason}).",
    ),
    "incident-altered": (
        "事案の記録「{file}」が、取扱台帳 {seq} 行に記された値と違います。改変されています。",
        "The incident “{file}” is not the one that the ledger's line {seq} states: it was altered.",
    ),
    "day-root": (
        "取扱台帳の {day}（UTC）の締めの値が合いません。その日までの行が書き換えられています。",
        "The ledger's root of {day} (UTC) does not fit: a line up to that day was rewritten.",
    ),
    "day-open": (
        "取扱台帳の {day}（UTC）の締めの値は {root} です。メールや紙の控えがあれば比べてください。",
        "The ledger's root of {day} (UTC) is {root}. Compare it with the mail or the print that you have.",
    ),
    "stamp-good": (
        "{day}（UTC）の締めの値には、時刻認証局の正しいタイムスタンプがあります（{at}、{authority}）。",
        "The root of {day} (UTC) has a right time stamp ({at}, {authority}).",
    ),
    "stamp-open": (
        "{day}（UTC）の締めの値のタイムスタンプの署名は正しいものです（{at}、{authority}）。認証局の"
        "証明書はまだ照合していません（--tsa-ca で指定できます）。",
        "The time stamp of the root of {day} (UTC) is signed rightly ({at}, {authority}). Its "
        "authority's certificate was not compared yet (--tsa-ca does it).",
    ),
    "stamp-bad": (
        "{day}（UTC）のタイムスタンプが正しくありません：{why}",
        "The time stamp of {day} (UTC) is wrong: {why}",
    ),
    "stamp-missing": (
        "{day}（UTC）のタイムスタンプのファイルがありません。",
        "The time stamp of {day} (UTC) is missing.",
    ),
}
