"""The durable queue of what the host handed over: one table of states, encrypted rows, nothing lost.

It knows nothing of the DMP, of documents or of plugins.
"""
