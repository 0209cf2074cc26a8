"""What goes over the bridge: messages, error codes, framing, life cycle."""
