"""Is everything there that calls need? Small questions about the machine, each answered with its fix."""
