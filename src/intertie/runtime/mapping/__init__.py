"""Paths and named transforms: theirs to ours and back."""
