"""The MQTT contract between units and the hub: the only thing both sides share.

``topics`` names them, ``limits`` holds the figures, ``messages`` the payloads, ``codec`` turns payloads
into bytes and hostile bytes into typed refusals, ``link`` carries them, ``lights`` says what each light
pattern looks like and means. Nothing here imports ``device`` or ``hub``.
"""
