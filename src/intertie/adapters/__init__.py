"""The outside world: sockets, databases, secrets. Imported by the composition root alone."""
