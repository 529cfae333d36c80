"""The composition root: the one place that picks the real clock, transport, stores and secrets."""
