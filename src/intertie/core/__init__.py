"""Clock, randomness, units, money, secrets and the error tree: standard library only, used by every layer."""
