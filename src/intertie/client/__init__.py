"""The faces of a pipeline, synchronous and asynchronous."""
