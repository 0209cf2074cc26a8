"""Who a professional is, as Pro Santé Connect says."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from dmp_core.model.identification import Channel, Identified, Prompt


@dataclass(slots=True)
class Attempt:
    """An identification under way. `due_at`: when to poll next. `private` belongs to the provider."""

    prompt: Prompt
    due_at: datetime
    private: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """Who was identified. `private` belongs to the provider: tokens, in memory only."""

    identified: Identified
    private: Any = field(repr=False)
    renewable: bool = True


class IdentityProvider(Protocol):
    """Identifies a professional: Pro Santé Connect, directly or through the vendor's proxy.

    Its calls wait for the network and raise PscError. An attempt or a proof is used by one thread at a time.
    """

    def begin(self, channel: Channel, login: str | None, now: datetime) -> Attempt:
        """Ask for an identification; `login`: PS_IdNat, which the card and the phone need. Nobody is waited for."""
        ...

    def poll(self, attempt: Attempt, now: datetime) -> Proof | None:
        """Who it is; None as long as the professional did not act. Sets `due_at`. Raises PscDenied, PscExpired."""
        ...

    def redirected(self, attempt: Attempt, url: str) -> None:
        """The browser came back at `url`, as whoever received it says; the next poll uses it."""
        ...

    def abandon(self, attempt: Attempt) -> None:
        """Wait for this identification no longer. Never raises."""
        ...

    def renew(self, proof: Proof, now: datetime) -> Proof:
        """The same person for longer. Raises PscExpired where the session is over."""
        ...

    def end(self, proof: Proof) -> None:
        """Close the session at Pro Santé Connect."""
        ...

    def close(self) -> None: ...
