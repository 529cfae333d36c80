"""The language server: pure functions over one state of a document, and a thin shell that speaks the protocol."""
