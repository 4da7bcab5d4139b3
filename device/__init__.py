"""The unit at one counter: buttons, lights, timer, hearing, outbox and the link to the hub.

Heart (decides, no I/O): ``panel``, ``timer``, ``lights``, ``alarms``, ``backlog``, ``heart``, ``hearing``.
Hands: ``hardware``, ``outbox``, ``uplink``, ``intake``, ``clock``, ``microphone``. Doors: ``app``,
``__main__``.
"""
