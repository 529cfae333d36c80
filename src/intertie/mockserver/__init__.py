"""The plan turned round: a server that enforces what the client obeys."""
