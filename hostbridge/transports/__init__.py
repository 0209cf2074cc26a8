"""How the bytes travel: stdio."""
