"""The guards, one folder each: options (what the plan says), state (pure decisions), policy (the async shell)."""
