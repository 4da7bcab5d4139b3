"""Recordings: what the hub takes in, keeps sealed, plays and destroys."""
