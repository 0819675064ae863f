"""Ways for a message to leave: one module each, behind the interface of `transport`."""
