"""The values of the field: identity, practitioner, structure, document, codes, OIDs, limits.

Nothing here opens a file of a user, a socket or a card, and nothing here reads the time.
"""
