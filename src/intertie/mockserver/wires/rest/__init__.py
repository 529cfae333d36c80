"""REST: paths found, parameters and bodies held to the spec, answers made from its schemas."""
