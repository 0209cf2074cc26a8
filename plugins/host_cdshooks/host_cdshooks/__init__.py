"""A way in: CDS Hooks 2.0. The status of the patient's DMP as a card, with a link to its window."""

from host_cdshooks.cards import card
from host_cdshooks.tokens import TokenRefused, Tokens

__all__ = ["TokenRefused", "Tokens", "card"]
