"""The rules: what each finding means, with examples that are tested."""
