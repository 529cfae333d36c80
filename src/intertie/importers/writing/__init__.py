"""Writes what was read as a spec: the founding template with what is known in its places."""
