"""The version of the external API."""
