"""The professional of one seat, identified by Pro Santé Connect: needed, asked, identified, renewed, ended.

`step` is the only part that goes on by itself; it says when it wants to be called next. What holds the network never
holds the host: `close`, `operator_changed` and `author` answer at once, and what they end is told to the service later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from dmp_core import log
from dmp_core.errors import (
    DmpError,
    ProfessionalMissing,
    PscError,
    PscOtherPerson,
    PscUnavailable,
    WrongState,
)
from dmp_core.model.identification import Channel, Exercise, Identified, PscState, PscView
from dmp_core.model.practitioner import Practitioner, Who
from dmp_core.ports import Attempt, Audit, Clock, IdentityProvider, Proof
from dmp_core.services import notices

_AGAIN: Final = timedelta(seconds=5)  # after a failure of the network, while nobody answered yet
_RENEW_AGAIN: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class _Seat:
    """All that is known now; replaced as a whole. `ended`: why the last identification is no more."""

    who: Who | None = None
    attempt: Attempt | None = field(default=None, repr=False)
    proof: Proof | None = field(default=None, repr=False)
    exercise: Exercise | None = None
    choices: tuple[Exercise, ...] = ()
    began_at: datetime | None = None
    used_at: datetime | None = None
    renew_at: datetime | None = None
    ended: PscError | str | None = None


class ProfessionalSession:
    """Identifies who works at this seat. Safe to call from several threads."""

    def __init__(
        self,
        open_provider: Callable[[], IdentityProvider],
        structure: str,
        *,
        clock: Clock,
        audit: Audit,
        tell: Callable[[notices.Notice], None],
        wake: Callable[[], None] = lambda: None,
        idle: timedelta,
        longest: timedelta,
    ) -> None:
        """`structure`: Struct_IdNat of the pharmacy. `wake` calls for `step`. The provider is opened at first use."""
        self._open_provider = open_provider
        self._opened: IdentityProvider | None = None
        self._structure = structure
        self._clock = clock
        self._audit = audit
        self._tell = tell
        self._wake = wake
        self._idle = idle
        self._longest = longest
        self._busy = Lock()  # whoever speaks to the provider
        self._lock = Lock()  # what follows
        self._seat = _Seat()
        self._left: list[Attempt | Proof] = []

    # ------------------------------------------------------------ asked by the host

    def open(self, channel: Channel, who: Who | None) -> PscView:
        """Ask for an identification; an earlier one ends. Raises ProfessionalMissing, PscError, ConfigError."""
        if who is None:
            raise ProfessionalMissing("no operator was named")
        self._leave("replaced", told=False)
        with self._busy:
            now = self._clock.now()
            attempt = self._provider().begin(channel, who.acting.national_id, now)
            with self._lock:
                before, self._seat = self._seat, _Seat(who=who, attempt=attempt)
                self._left += _open_parts(before)
        log.event("psc.asked", what=channel)
        self._tell(notices.PscBrowse(attempt.prompt))
        self._wake()
        return self.view()

    def poll(self, redirected: str | None = None) -> PscView:
        """Where it stands now; `redirected` is the address at which the host received the browser.

        Raises what ended the last identification, where that was no wish of the host: PscError.
        """
        if redirected is not None:
            with self._busy:
                attempt = self._seat.attempt
                if attempt is None:
                    raise WrongState("no identification waits for a browser")
                self._provider().redirected(attempt, redirected)
                attempt.due_at = self._clock.now()
        self.step()
        ended = self._seat.ended
        if isinstance(ended, PscError):
            raise ended
        return self.view()

    def choose(self, rank: int) -> PscView:
        """Act in the exercise of that rank among `choices`. Raises WrongState."""
        with self._lock:
            seat = self._seat
            if seat.exercise is not None or not 0 <= rank < len(seat.choices):
                raise WrongState("no such choice")
            self._seat = replace(seat, exercise=seat.choices[rank])
        self._note_identified()
        return self._changed()

    def close(self) -> None:
        """The host has done with it."""
        self._leave("closed")

    def operator_changed(self, who: Who | None) -> None:
        """Another person works from now on: the identification ends, unless they are the same one."""
        seat = self._seat
        if who is None or seat.who is None or who.acting.national_id != seat.who.acting.national_id:
            self._leave("operator-changed")

    def view(self) -> PscView:
        """The seat as the host may see it."""
        seat = self._seat
        if seat.attempt is not None:
            return PscView(state=PscState.ASKED, prompt=seat.attempt.prompt)
        if seat.proof is None:
            ended = seat.ended.code if isinstance(seat.ended, PscError) else seat.ended
            return PscView(ended=ended)
        if seat.exercise is None:
            return PscView(state=PscState.CHOOSING, choices=seat.choices)
        return PscView(
            state=PscState.IDENTIFIED,
            exercise=seat.exercise,
            at_this_structure=self._structure in seat.exercise.workplace.ids,
            expires_at=seat.proof.identified.expires_at,
        )

    # ------------------------------------------------------------ asked by the exchange

    def author(self, who: Who) -> Practitioner:
        """The professional as Pro Santé Connect knows them, for the VIHF of a call by `who` (EX_AIR-085).

        A section that the directory does not give is the host's. Raises ProfessionalMissing, PscOtherPerson.
        """
        now = self._clock.now()
        with self._lock:
            seat = self._seat
            alive = seat.proof is not None and seat.exercise is not None and self._over(seat, now) is None
            if alive:
                self._seat = replace(seat, used_at=now)
        if not alive or seat.exercise is None:
            self._tell(notices.PscNeeded())
            raise ProfessionalMissing("Pro Santé Connect")
        known, acting = seat.exercise.practitioner, who.acting
        if known.national_id != acting.national_id:
            raise PscOtherPerson("who acts is not who was identified")
        if known.section is None and known.profession == acting.profession:
            return known.model_copy(update={"section": acting.section})
        return known

    # ------------------------------------------------------------ by itself

    def step(self) -> datetime | None:
        """Do what is due, and give the time of the next step; None where nothing is under way."""
        with self._busy:
            self._let_go()
            seat, now = self._seat, self._clock.now()
            if seat.attempt is not None:
                if now >= min(seat.attempt.due_at, seat.attempt.prompt.expires_at):
                    self._look(seat, seat.attempt, now)
            elif seat.proof is not None:
                self._watch(seat, seat.proof, now)
            self._let_go()
        return self._due()

    def shutdown(self, wait: float) -> None:
        """The host leaves: end the session at the service, as far as it answers; wait `wait` seconds for a question."""
        self._leave("closed", told=False)
        if not self._busy.acquire(timeout=wait):
            return
        try:
            self._let_go()
            if self._opened is not None:
                self._opened.close()
        finally:
            self._busy.release()

    def _look(self, seat: _Seat, attempt: Attempt, now: datetime) -> None:
        """Ask whether the professional has acted."""
        try:
            proof = self._provider().poll(attempt, now)
        except PscUnavailable:
            attempt.due_at = now + _AGAIN
            if attempt.due_at < attempt.prompt.expires_at:
                return
            self._end(seat, PscUnavailable("until the end"))
        except PscError as error:
            self._end(seat, error)
        else:
            if proof is not None:
                self._identified(seat, proof, now)

    def _identified(self, seat: _Seat, proof: Proof, now: datetime) -> None:
        person, who = proof.identified, seat.who
        assert who is not None, "whoever asks is known"
        if person.national_id != who.acting.national_id:
            with self._lock:
                self._left.append(proof)
            self._end(seat, PscOtherPerson("identified"))
            return
        choices = _choices(person, self._structure, who.acting)
        chosen = choices[0] if len(choices) == 1 else None
        after = _Seat(
            who=who,
            proof=proof,
            exercise=chosen,
            choices=choices,
            began_at=now,
            used_at=now,
            renew_at=_half_way(now, proof),
        )
        if self._replace(seat, after, else_left=proof):
            if chosen is not None:
                self._note_identified()
            self._changed()

    def _watch(self, seat: _Seat, proof: Proof, now: datetime) -> None:
        """End or renew a session."""
        reason = self._over(seat, now)
        if reason is not None:
            self._end(seat, reason)
            return
        if not proof.renewable or seat.renew_at is None or now < seat.renew_at:
            return
        try:
            renewed = self._provider().renew(proof, now)
        except PscUnavailable:
            self._update(seat, renew_at=now + _RENEW_AGAIN)
        except PscError as error:
            self._end(seat, error)
        else:
            self._update(seat, proof=renewed, renew_at=_half_way(now, renewed))
            log.event("psc.renewed")
            self._changed()

    def _over(self, seat: _Seat, now: datetime) -> str | None:
        """Why this session is over at `now`; None while it is not."""
        assert seat.proof is not None and seat.used_at is not None and seat.began_at is not None, "identified"
        if now >= seat.proof.identified.expires_at:
            return "expired"
        if now >= seat.used_at + self._idle:
            return "idle"
        return "too-long" if now >= seat.began_at + self._longest else None

    def _due(self) -> datetime | None:
        seat = self._seat
        if self._left:
            return self._clock.now()
        if seat.attempt is not None:
            return min(seat.attempt.due_at, seat.attempt.prompt.expires_at)
        if seat.proof is None or seat.used_at is None or seat.began_at is None:
            return None
        ends = [seat.proof.identified.expires_at, seat.used_at + self._idle, seat.began_at + self._longest]
        if seat.renew_at is not None and seat.proof.renewable:
            ends.append(seat.renew_at)
        return min(ends)

    # ------------------------------------------------------------ changes

    def _provider(self) -> IdentityProvider:
        if self._opened is None:
            self._opened = self._open_provider()
        return self._opened

    def _replace(self, before: _Seat, after: _Seat, *, else_left: Proof) -> bool:
        """Put `after` in the place of `before`, unless the host went on meanwhile: then what was gained is let go."""
        with self._lock:
            if self._seat is not before:
                self._left.append(else_left)
                return False
            self._seat = after
            return True

    def _update(self, before: _Seat, *, renew_at: datetime, proof: Proof | None = None) -> None:
        """Keep what a renewal gave, if this is still the same session."""
        with self._lock:
            seat = self._seat
            if seat.proof is before.proof:
                self._seat = replace(seat, renew_at=renew_at, proof=proof or seat.proof)
            elif proof is not None:
                self._left.append(proof)

    def _end(self, before: _Seat, reason: PscError | str) -> None:
        """End what `before` holds, unless the host did so meanwhile."""
        with self._lock:
            seat = self._seat
            if seat.attempt is not before.attempt or seat.proof is not before.proof:
                return
            self._left += _open_parts(seat)
            self._seat = _Seat(ended=reason)
        self._note_end(seat, reason)
        self._changed()

    def _leave(self, reason: str, *, told: bool = True) -> None:
        """End whatever there is; the service hears of it at the next step."""
        with self._lock:
            seat = self._seat
            if seat.attempt is None and seat.proof is None:
                return
            self._left += _open_parts(seat)
            self._seat = _Seat(ended=reason)
        self._note_end(seat, reason)
        if told:
            self._changed()
        self._wake()

    def _let_go(self) -> None:
        """Tell the service of what ended here. Its answer changes nothing."""
        with self._lock:
            left, self._left = self._left, []
        for one in left:
            try:
                if isinstance(one, Attempt):
                    self._provider().abandon(one)
                else:
                    self._provider().end(one)
            except DmpError as error:
                log.event("psc.end_untold", code=error.code)

    def _changed(self) -> PscView:
        view = self.view()
        log.event("psc.changed", state=view.state, reason=view.ended)
        self._tell(notices.PscChanged(view))
        return view

    def _note_identified(self) -> None:
        seat = self._seat
        if seat.who is not None and seat.proof is not None:
            self._audit.record(
                "psc.identified",
                operator=seat.who.operator.id,
                author=seat.proof.identified.national_id,
                structure=self._structure,
            )

    def _note_end(self, seat: _Seat, reason: PscError | str) -> None:
        self._audit.record(
            "psc.ended",
            operator=seat.who.operator.id if seat.who else None,
            author=seat.proof.identified.national_id if seat.proof else None,
            structure=self._structure,
            result=reason.code if isinstance(reason, PscError) else reason,
        )


def _choices(person: Identified, structure: str, declared: Practitioner) -> tuple[Exercise, ...]:
    """Among what may the professional act here: their exercises in this pharmacy, else all of them.

    One alone where the host's own description of the professional decides.
    """
    known: dict[tuple[str, str | None, str], Exercise] = {}
    here = person.at(structure)
    for one in here or person.exercises:
        place = "" if here else one.workplace.name
        known.setdefault((one.practitioner.profession, one.practitioner.section, place), one)
    choices = tuple(known.values())
    same = [one for one in choices if one.practitioner.specialty == declared.specialty]
    return (same[0],) if len(same) == 1 else choices


def _open_parts(seat: _Seat) -> Sequence[Attempt | Proof]:
    return [part for part in (seat.attempt, seat.proof) if part is not None]


def _half_way(now: datetime, proof: Proof) -> datetime:
    return now + (proof.identified.expires_at - now) / 2
