"""Credentials on every attempt."""
