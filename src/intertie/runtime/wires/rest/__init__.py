"""REST: methods, paths and statuses of HTTP."""
