"""Keys that make a replay safe."""
