"""What the verifier says around its findings: Japanese and English."""

PLAIN: dict[str, tuple[str, str]] = {
    "title": (
        "窓守 証拠一式の検証",
        "Madomori: check of a package of evidence",
    ),
    "about": (
        "事案番号 {incident}　作成 {made}（UTC）　拠点 {site}",
        "Incident {incident}, made {made} (UTC), site {site}",
    ),
    "faults": (
        "■ 問題が {count} 件見つかりました",
        "■ {count} faults were found",
    ),
    "notes": (
        "■ 知っておいていただきたいこと",
        "■ To know",
    ),
    "goods": (
        "■ 確かめたこと",
        "■ What holds",
    ),
    "whole": (
        "結果：改変は見つかりませんでした。記録した端末と書き出したハブの署名のとおりです。",
        "Result: nothing was altered. It is as the unit that recorded it and the hub that packed it "
        "have signed it.",
    ),
    "keys-open": (
        "ただし、鍵の照合がまだのものがあります。上の指紋を、別の経路で得たものと比べてください。",
        "But keys were not compared yet: compare the fingerprints above with those that you have by "
        "another way.",
    ),
    "altered": (
        "結果：この証拠一式は、作成時のままではありません（上の問題をご覧ください）。",
        "Result: this package is not as it was made; see the faults above.",
    ),
    "more": (
        "…ほか {count} 件",
        "… and {count} more",
    ),
    "no-index": (
        "これは窓守の証拠一式ではありません（package.json がありません）。途中で切れたファイルの場合"
        "もあります。",
        "This is no package of Madomori (there is no package.json), or it was cut off.",
    ),
    "index-unreadable": (
        "目録（package.json）が読めません：{why}",
        "The list (package.json) cannot be read: {why}",
    ),
    "index-bad": (
        "目録（package.json）が改変されているか、壊れています：{why}",
        "The list (package.json) was altered or is damaged: {why}",
    ),
    "no-container": (
        "「{file}」が開けません：{why}",
        "“{file}” cannot be opened: {why}",
    ),
    "bad-pin": (
        "{option} の指定が正しくありません。",
        "{option} is not given as it must be.",
    ),
}
