"""The protocols as their services speak them: a folder for each."""
