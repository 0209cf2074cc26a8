"""An `IdentityProvider` that answers what a test tells it, and remembers what it was asked."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dmp_core.model.identification import Channel, Exercise, Identified, Prompt, Workplace
from dmp_core.model.practitioner import Practitioner
from dmp_core.ports import Attempt, Proof

REFRESH: timedelta = timedelta(minutes=30)


def exercise(practitioner: Practitioner, *structures: str, section: str | None = None) -> Exercise:
    """An exercise of `practitioner` in the structures of these ids."""
    one = practitioner.model_copy(update={"section": section or practitioner.section})
    return Exercise(practitioner=one, workplace=Workplace(ids=structures, name="PHARMACIE " + "/".join(structures)))


@dataclass
class ScriptedProvider:
    """`exercises`: who comes. `polls` and `renewals`: errors to raise, None for nothing yet; else the person comes."""

    exercises: tuple[Exercise, ...]
    polls: deque[Exception | None] = field(default_factory=deque)
    renewals: deque[Exception] = field(default_factory=deque)
    lasts: timedelta = REFRESH
    asked: list[str] = field(default_factory=list)

    def begin(self, channel: Channel, login: str | None, now: datetime) -> Attempt:
        self.asked.append(f"begin {channel} {login}")
        shown = {"url": "https://wallet.example/auth"} if channel is Channel.BROWSER else {"digits": "42"}
        prompt = Prompt(channel=channel, expires_at=now + timedelta(minutes=2), **shown)
        return Attempt(prompt, now + timedelta(seconds=1), "attempt")

    def poll(self, attempt: Attempt, now: datetime) -> Proof | None:
        self.asked.append("poll")
        attempt.due_at = now + timedelta(seconds=1)
        answer = self.polls.popleft() if self.polls else self._proof(now)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def redirected(self, attempt: Attempt, url: str) -> None:  # noqa: ARG002 - the port's
        self.asked.append("redirected")

    def abandon(self, attempt: Attempt) -> None:  # noqa: ARG002 - the port's
        self.asked.append("abandon")

    def renew(self, proof: Proof, now: datetime) -> Proof:  # noqa: ARG002 - the port's
        self.asked.append("renew")
        if self.renewals:
            raise self.renewals.popleft()
        return self._proof(now)

    def end(self, proof: Proof) -> None:  # noqa: ARG002 - the port's
        self.asked.append("end")

    def close(self) -> None:
        self.asked.append("close")

    def _proof(self, now: datetime) -> Proof:
        person = self.exercises[0].practitioner.national_id
        identified = Identified(national_id=person, exercises=self.exercises, expires_at=now + self.lasts)
        return Proof(identified, "tokens")
