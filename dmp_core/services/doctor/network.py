"""Each service: is it reached, with which certificate, through which proxy; and does its clock agree with ours."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from dmp_core.errors import ConnectionLost, DmpError, HttpRefused, OwnCertificateRefused, TimedOut, Unreachable
from dmp_core.ports import HttpAnswer
from dmp_core.services.doctor.finding import Finding, error, info, ok
from dmp_core.services.doctor.setup import Service, Setup
from dmp_core.services.wire.clock_watch import ClockWatch

_REMEDY: Final = "Vérifiez l’accès à Internet de ce poste, le pare-feu, l’antivirus et le proxy."
_PLAIN: Final = (Unreachable, ConnectionLost, TimedOut, HttpRefused)
Ask = Callable[[Service], HttpAnswer]
"""One request that asks for nothing. Raises DmpError."""


def check(setup: Setup, service: Service, ask: Ask, now: Callable[[], datetime]) -> Iterator[Finding]:
    """Whether the service answers, whatever it answers."""
    name = f"network.{service.id}"
    sent = now()
    try:
        answer = ask(service)
    except DmpError as met:
        yield _unreached(name, service, met)
        return
    through = " à travers le proxy configuré" if service.http_proxy else ""
    yield ok(name, f"{service.label} joignable{through}.")
    if answer.date is not None:
        yield _clock(setup, service, answer.date, sent, now())


def _unreached(name: str, service: Service, met: DmpError) -> Finding:
    """Why a service is not reached. One that asks for the card's certificate was reached: it is shown with its code."""
    if service.by_card and isinstance(met, OwnCertificateRefused):
        return ok(name, f"{service.label} joignable ; la carte n’a pas été présentée.")
    origin = f" ({met.origin})" if met.origin else ""
    text = met.sentence if service.id == "dmp" else f"Le service ne peut pas être joint ({met.code})."
    remedy = _REMEDY if type(met) in _PLAIN or service.id != "dmp" else met.remedy
    return error(name, f"{service.label} : {text}{origin}", remedy, met.code)


def _clock(setup: Setup, service: Service, date: datetime, sent: datetime, came: datetime) -> Finding:
    watch = ClockWatch(setup.clock_tolerance, lambda _: None)
    watch.saw(date, sent_at=sent, came_at=came)
    off = round(abs(watch.offset.total_seconds()))
    if not watch.is_wrong:
        return ok("clock", f"L’horloge est à l’heure ({service.label}, écart {off} s).")
    way = "en retard" if watch.offset.total_seconds() > 0 else "en avance"
    return error(
        "clock",
        f"L’horloge de cet ordinateur est {way} de {off} secondes ({service.label}).",
        "Activez la synchronisation automatique de la date et de l’heure.",
    )


def proxy(setup: Setup) -> Iterator[Finding]:
    """Which proxy is used."""
    used = sorted({one.label for one in setup.services if one.http_proxy})
    if used:
        yield info("network.proxy", f"Proxy configuré pour : {', '.join(used)}.")
    else:
        yield info("network.proxy", "Aucun proxy configuré : les services sont joints directement.")
