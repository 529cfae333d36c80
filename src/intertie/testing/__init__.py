"""Tools for tests of code that uses Intertie: virtual time, scripted transports, plans. Public."""
