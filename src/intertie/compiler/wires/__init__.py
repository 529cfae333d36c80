"""The compiler's half of the protocols: from an endpoint of the spec to the wire of an operation."""
