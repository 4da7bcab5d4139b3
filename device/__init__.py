"""The unit at one counter: buttons, lights, timer, hearing, outbox and the link to the hub.

Heart (decides, no I/O): ``heart`` and what it is made of, among it ``panel``, ``sessions``, ``lights``,
``alarms``, ``commands``, ``configuration``, ``hearing``. Hands: ``hardware``, ``outbox``, ``uplink``,
``intake``, ``clock``, ``microphone``, ``vitals``, ``watchdog``. Doors: ``app``, ``__main__``.
"""
