"""What an editor can ask for, each as a function of a page and a place. Nothing here knows the protocol."""
