"""What the pages of recordings say for the codes of wire and heart: code to msgid."""

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
TABLES = (WHY, END, KEPT, ACTS)
