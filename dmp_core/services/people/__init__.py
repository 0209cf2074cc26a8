"""Whose record it is and who may: identity, INSi, consent, the counter, rights."""
