"""External errors become ours."""
