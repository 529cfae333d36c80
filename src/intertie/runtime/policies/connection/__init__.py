"""The connection of an attempt, ready before its permit is taken."""
