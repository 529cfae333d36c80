"""The protocols: a folder for each, which says how a call is written and what an answer is."""
