"""Retry with budget and replay safety."""
