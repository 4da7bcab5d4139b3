"""What the pages of recordings say for the codes of wire and heart: code to msgid."""

from hub.words import Words

WHY = {
    "panic": "Emergency button",
    "staff": "Record button",
    "session": "With the meeting",
    "hub": "By order from the hub",
    "case": "Agreed for a continuing case",
}
END = {
    "staff": "Ended at the counter",
    "session": "The meeting ended",
    "limit": "Longest time reached",
    "disk": "No room left in the unit",
    "hub": "Ended by order from the hub",
    "power": "The unit lost its power",
}
KEPT = {
    "none": "No incident",
    "dismissed": "False alarm, drill or fault",
    "incident": "Incident without a decision",
    "complaint": "Legitimate complaint",
    "harassment": "Customer harassment",
    "case": "Continuing case",
}
ACTS = {
    "received": "Recording begun",
    "closed": "Recording complete",
    "played": "Listened to",
    "exported": "Exported",
    "held": "Deletion forbidden",
    "released": "Deletion allowed again",
    "disclosed": "Disclosed",
    "deleted": "Deleted",
    "refused": "Refused",
    "stamped": "Time stamp received",
    "altered": "Found altered",
}
REFUSED = {
    "bad-line": "Not a line of a manifest",
    "bad-signature": "The signature does not fit",
    "wrong-key": "Signed by another unit",
    "unknown-unit": "Unknown unit",
    "wrong-recording": "Belongs to another recording",
    "gap": "Earlier segments are missing",
    "reordered": "Another segment is in its place",
    "after-end": "The recording was complete",
    "broken-chain": "Does not follow the segment before",
    "altered": "Not what the unit sealed",
    "too-large": "Too many bytes",
    "deleted": "The recording was deleted",
}
TABLES = (WHY, END, KEPT, ACTS, REFUSED)


def reason_of(act: str, reason: str, words: Words) -> str:
    """What a line of the ledger gives as reason: a person's own words, the hub's codes as words."""
    if act == "deleted" and (kept := KEPT.get(reason.removeprefix("retention-"))) is not None:
        return words("The time to keep it is over ({kind})", kind=words(kept))
    codes = {"received": WHY, "closed": END, "refused": REFUSED}.get(act, {})
    return words(codes[reason]) if reason in codes else reason
