"""What the check says of the list, the files and the keys: Japanese and English."""

PACKAGE: dict[str, tuple[str, str]] = {
    "file-twice": (
        "「{file}」が二重に入っています。後から加えられた可能性があります。",
        "“{file}” is in it twice: one of the two was added.",
    ),
    "signature-good": (
        "目録（package.json）の署名は正しいものです。",
        "The signature of the list (package.json) is right.",
    ),
    "signature-bad": (
        "目録（package.json）の署名が合いません。目録が改変されたか、別の鍵で署名し直されています。",
        "The signature does not fit the list (package.json): the list was altered, or signed again "
        "with another key.",
    ),
    "signature-missing": (
        "目録の署名（package.sig）がありません。",
        "The signature of the list (package.sig) is missing.",
    ),
    "hub-key-good": (
        "ハブの公開鍵は、指定された鍵と一致しました。指紋 {fingerprint}",
        "The hub's public key is the one that you gave. Fingerprint {fingerprint}",
    ),
    "hub-key-differs": (
        "ハブの公開鍵が、指定された鍵と違います。別の鍵で署名し直されています。ファイル中の鍵の指紋 {"
        "fingerprint}",
        "The hub's public key is not the one that you gave: it was signed again with another key. "
        "Fingerprint in the package {fingerprint}",
    ),
    "hub-key-open": (
        "ハブの公開鍵はまだ照合していません。別の経路（紙の控え、電話）で得た指紋と比べてください。指"
        "紋 {fingerprint}（--hub-key で指定できます）",
        "The hub's public key was not compared yet. Compare it with the fingerprint that you have by "
        "another way (on paper, by telephone): {fingerprint} (--hub-key does it)",
    ),
    "unit-key-good": (
        "端末 {unit} の公開鍵は、指定された鍵と一致しました。指紋 {fingerprint}",
        "The public key of unit {unit} is the one that you gave. Fingerprint {fingerprint}",
    ),
    "unit-key-differs": (
        "端末 {unit} の公開鍵が、指定された鍵と違います。ファイル中の鍵の指紋 {fingerprint}",
        "The public key of unit {unit} is not the one that you gave. Fingerprint in the package "
        "{fingerprint}",
    ),
    "unit-key-open": (
        "端末 {unit} の公開鍵はまだ照合していません。別の経路で得た指紋と比べてください。指紋 {finger"
        "print}（--unit-key {unit}=… で指定できます）",
        "The public key of unit {unit} was not compared yet. Compare it with the fingerprint that "
        "you have by another way: {fingerprint} (--unit-key {unit}=… does it)",
    ),
    "unit-key-unused": (
        "端末 {unit} の録音はこの中にありません（指定された鍵は使われません）。",
        "There is no recording of unit {unit} in it; the key that you gave is not used.",
    ),
    "files-good": (
        "{count} 個のファイルの内容が目録と一致しました。",
        "{count} files are as the list has them.",
    ),
    "file-added": (
        "「{file}」は目録にありません。後から加えられています。",
        "“{file}” is not in the list: it was added.",
    ),
    "file-missing": (
        "「{file}」がありません。抜き取られています。",
        "“{file}” is missing: it was taken out.",
    ),
    "file-unlisted": (
        "「{file}」が目録に載っていません。",
        "“{file}” is not in the list, which must have it.",
    ),
    "file-unreadable": (
        "「{file}」が読めません。壊れているか、改変されています。",
        "“{file}” cannot be read: it is damaged or was altered.",
    ),
    "file-altered": (
        "「{file}」の内容が改変されています（SHA-256 が目録と一致しません）。",
        "“{file}” was altered (its SHA-256 is not the one in the list).",
    ),
    "index-recordings": (
        "目録に同じ録音が二度載っています。",
        "The list names a recording twice.",
    ),
}
