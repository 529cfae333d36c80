"""The internal object made into a request, validated before anything is sent."""
