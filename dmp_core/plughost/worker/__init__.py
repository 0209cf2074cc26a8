"""Where a plugin that the configuration does not trust runs: a process of its own, that sees little and may do less.

`child` is what runs there; it imports the api, the values of the field and its own guards, never a service.
"""
