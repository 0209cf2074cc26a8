"""The bridge's client for Python programs."""
