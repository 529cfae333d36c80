"""Metering and the budget."""
