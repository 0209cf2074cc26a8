"""The bridge: a host in any language starts it as a child and speaks JSON-RPC 2.0 with it."""
