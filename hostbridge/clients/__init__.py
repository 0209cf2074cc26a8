"""Clients of the bridge, one folder a language."""
