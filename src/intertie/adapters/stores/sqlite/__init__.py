"""`sqlite:///path`: state shared by every process that uses the file."""
