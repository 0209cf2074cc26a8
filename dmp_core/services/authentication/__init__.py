"""Who authenticates: the card and its code, Pro Santé Connect, certificates."""
