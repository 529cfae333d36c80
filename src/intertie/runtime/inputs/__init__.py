"""What callers give, made into what a schema asks for, whatever protocol sends it."""
