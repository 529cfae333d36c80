"""From spec to plan: environment, configuration and defaults resolved, schemas and mappings compiled."""
