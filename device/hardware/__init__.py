"""The buttons and lights of a unit: ``gpio`` on a Raspberry Pi, ``simulated`` on a desk made of a socket.

Both are gpiozero, so that what runs over one runs over the other; the settings choose, nothing falls back.
"""
