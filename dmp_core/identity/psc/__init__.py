"""Pro Santé Connect: who the professional is, by their CPS or e-CPS, directly or through the vendor's proxy.

Tokens stay in memory, in values that show nothing. Nothing of the DMP is known here.
"""
