"""What the check says of recordings: Japanese and English."""

RECORDINGS: dict[str, tuple[str, str]] = {
    "recording-good": (
        "録音 {recording}（端末 {unit}）：{segments} 行の明細すべてに端末の正しい署名があり、順序も内"
        "容も記録時のままです。",
        "Recording {recording} (unit {unit}): all {segments} lines have the unit's signature; order "
        "and content are as they were recorded.",
    ),
    "recording-missing": (
        "録音 {recording} の明細（manifest.jsonl）がありません。",
        "The manifest of recording {recording} is missing.",
    ),
    "recording-unreadable": (
        "録音 {recording} の明細（manifest.jsonl）が途中から読めません。",
        "The manifest of recording {recording} cannot be read to its end.",
    ),
    "recording-open": (
        "録音 {recording} は、書き出した時点でまだ終わっていません（続きがある可能性があります）。",
        "Recording {recording} had not ended when this was made; there may be more of it.",
    ),
    "unit-unknown": (
        "録音 {recording} の端末 {unit} の公開鍵が目録にありません。",
        "The list has no public key of unit {unit} for recording {recording}.",
    ),
    "microphone-gaps": (
        "録音 {recording}：マイクから届かなかった音が {seconds} 秒あります（無音で埋め、端末が署名し"
        "て記録しています）。",
        "Recording {recording}: {seconds} s did not come from the microphone; they are silent, and "
        "the unit has signed that.",
    ),
    "segment-undescribed": (
        "「{file}」は録音 {recording} の明細に載っていません。",
        "“{file}” is not in the manifest of recording {recording}.",
    ),
    "lines-missing": (
        "録音 {recording} の明細は {told} 行のはずですが、{count} 行あります（抜き取り、追加または並"
        "べ替え）。",
        "The manifest of recording {recording} should have {told} lines; it has {count} (dropped, "
        "added or reordered).",
    ),
    "end-missing": (
        "録音 {recording} の終わりの行が目録と合いません。終わりが切り取られた可能性があります。",
        "The end of recording {recording} is not as the list says: it may have been cut off.",
    ),
    "line-bad": (
        "録音 {recording} の明細 {line} 行目（1行目から数えて）が改変されています：{why}",
        "Recording {recording}, line {line} of the manifest file was altered: {why}",
    ),
    "line-wrong-key": (
        "録音 {recording} の明細 {segment} 行は、別の端末の鍵で署名されています。",
        "Recording {recording}, manifest line {segment} is signed with the key of another unit.",
    ),
    "line-signature": (
        "録音 {recording} の明細 {segment} 行の署名が端末の鍵と合いません。改変されたか、別の鍵で署名"
        "し直されています。",
        "Recording {recording}, manifest line {segment}: the signature is not the unit's. It was "
        "altered, or signed again with another key.",
    ),
    "line-gap": (
        "録音 {recording} の区間 {first}〜{last} が抜けています。",
        "Recording {recording}: segments {first}–{last} are missing.",
    ),
    "line-reordered": (
        "録音 {recording} の明細 {segment} 行の順序が入れ替わっているか、二重になっています。",
        "Recording {recording}, manifest line {segment} is out of order, or there twice.",
    ),
    "line-after-end": (
        "録音 {recording} の明細 {segment} 行は、録音が終わった後に付け足されています。",
        "Recording {recording}, manifest line {segment} comes after the recording had ended: it was added.",
    ),
    "line-foreign": (
        "録音 {recording} の明細 {segment} 行は、別の録音または別の端末のものです。",
        "Recording {recording}, manifest line {segment} belongs to another recording or unit.",
    ),
    "line-chain": (
        "録音 {recording} の明細 {segment} 行は直前の行につながりません。この行か直前の行が差し替えら"
        "れています。",
        "Recording {recording}, manifest line {segment} does not continue the line before it: one of "
        "the two was replaced.",
    ),
    "segment-altered": (
        "録音 {recording} の区間 {segment}（録音開始から {begin}〜{until}、{started}）の中身が改変さ"
        "れています：「{file}」",
        "Recording {recording}, segment {segment} ({begin}–{until} into it, {started}) was altered: “{file}”",
    ),
    "segment-missing": (
        "録音 {recording} の区間 {segment}（録音開始から {begin}〜{until}、{started}）が抜き取られて"
        "います：「{file}」",
        "Recording {recording}, segment {segment} ({begin}–{until} into it, {started}) is missing: “{file}”",
    ),
    "segment-absent": (
        "録音 {recording} の区間 {segment}（録音開始から {begin}〜{until}、{started}）は、書き出しの"
        "前にハブの保管場所で失われたか改変されていたため、入っていません。",
        "Recording {recording}, segment {segment} ({begin}–{until} into it, {started}) is not in it: "
        "it was lost or altered where the hub kept it, before this was made.",
    ),
}
