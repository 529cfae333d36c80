"""The version, read by the build and by `intertie --version`."""

__version__ = "0.1.0"
