"""Checks a package without hub, database or network: the standard library and ``cryptography`` suffice.

Everything read here is hostile until it has passed.
"""
