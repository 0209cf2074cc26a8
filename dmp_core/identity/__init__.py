"""Who the patient is, as the national services say it: the INSi client, the comparison of traits, an INS received.

It decides nothing alone: where two sources differ it stops and names the traits, and a human goes on.
"""
