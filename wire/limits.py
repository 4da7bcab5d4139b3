"""The figures both sides agree on. One place for each; units are in the name."""

EVENT_BYTES_MAX = 16 * 1024
"""Largest payload accepted on any topic, in bytes, as encoded JSON."""

JSON_DEPTH_MAX = 8
"""Deepest nesting of arrays and objects in a payload; the outermost object is depth 1."""

TEXT_CHARS_MAX = 400
"""Longest free text in a message, in characters."""

PACKET_BYTES_MAX = 256 * 1024
"""Largest MQTT packet a client lets an MQTT 5 broker send it, in bytes. Far above ``EVENT_BYTES_MAX``
on purpose: what is merely too large for the contract is to be seen, counted and named, not dropped unseen."""

HEARTBEAT_S = 5.0
"""A unit sends its health this often, in seconds."""

SILENT_AFTER_S = 15.0
"""A unit not heard of for this long is in trouble, in seconds: three heartbeats."""

LEVEL_HZ_MAX = 8
"""Most level messages a second that a unit sends while somebody looks."""

RECEIPT_RANGES_MAX = 64
"""Most ranges in one receipt. What does not fit is told by a later receipt."""

ASKED_S_MAX = 60.0
"""Longest that a unit shows where it is, or sends its level, for one command, in seconds."""

DRILL_S_MAX = 3600.0
"""Longest drill, in seconds."""

MEETING_S_MAX = 86_400.0
"""Longest time limit of a meeting, with all extensions, in seconds."""

ANNOUNCED_S = 600.0
"""An annunciator that was away is not told what is older than this, in seconds: while nobody answers, the
alarm is announced again anyway."""

DELIVERY_WARNING_S = 2.5
"""An alarm without a receipt for this long makes the light say "use the telephone", in seconds.

The promise is three seconds from the press; the half second is for a busy machine."""
