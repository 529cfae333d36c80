"""The life of a call: plan, stages, guards, outcomes. Blind to the spec and to sockets."""
