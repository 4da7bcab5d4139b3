"""Evidence: what a unit states of a recording, how it is chained and signed, and the ledger of who used it.

Pure, and without anything that a verifier far from hub and unit would not have: the standard library and
``cryptography``. Everything read here is hostile until it has passed.
"""
