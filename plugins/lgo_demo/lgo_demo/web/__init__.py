"""The pharmacy software in a browser: patients, forms, operators, and what the bridge tells, at a loopback address.

It is a host as any other: it speaks to the bridge alone, and shows the bridge's windows beside its own page.
"""
