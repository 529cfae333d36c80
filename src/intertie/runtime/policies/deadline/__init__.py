"""The total deadline and the timeouts of an attempt."""
