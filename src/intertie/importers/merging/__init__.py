"""Imports again over a spec that people have worked on: theirs stays, what the source changed comes in."""
