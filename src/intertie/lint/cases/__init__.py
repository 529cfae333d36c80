"""What rules about cases look at: the case, and what it may name in specs and other cases."""
