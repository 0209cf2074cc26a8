"""The pages of the simulated Pro Santé Connect: who are you, and what the phone asks. No script, no form.

Choices are links: a browser that keeps the content security policy would not follow a form to the software.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from lxml import etree

from dmp_core.simulator.admin_markup import Content, tag
from dmp_core.simulator.psc import Call
from dmp_core.simulator.psc_people import Person


def login(reference: str, people: Sequence[Person], client: str) -> bytes:
    """« Qui êtes-vous ? »"""
    choices = [_link("/auth/choisir", _described(one), demande=reference, personne=one.id) for one in people]
    return _page(
        "Qui êtes-vous ?",
        tag("p", None, f"Le logiciel « {client} » demande à vous identifier."),
        tag("ul", None, *[tag("li", None, one) for one in choices]),
        tag("p", None, _link("/auth/choisir", "Refuser", demande=reference)),
    )


def phone(calls: Sequence[Call]) -> bytes:
    """What the e-CPS, or the reader of the CPS, asks at this moment."""
    if not calls:
        return _page("Téléphone et lecteur", tag("p", None, "Aucune demande n’attend. Rechargez la page."))
    items = [
        tag(
            "li",
            None,
            f"{call.person.name} ({'carte CPS' if call.channel == 'CARD' else 'e-CPS'}), code ",
            tag("strong", None, call.digits),
            " : ",
            _link("/telephone/repondre", "Accepter", demande=call.id, reponse="oui"),
            " ou ",
            _link("/telephone/repondre", "Refuser", demande=call.id, reponse="non"),
        )
        for call in calls
    ]
    return _page("Téléphone et lecteur", tag("ul", None, *items))


def message(title: str, text: str) -> bytes:
    return _page(title, tag("p", None, text))


def _described(person: Person) -> str:
    places = ", ".join(dict.fromkeys(place.name for _, place in person.exercises))
    return f"{person.name}, {places}"


def _link(path: str, text: str, **query: str) -> Content:
    return tag("a", {"href": f"{path}?{urlencode(query)}"}, text)


def _page(title: str, *content: Content) -> bytes:
    head = tag(
        "head", None, tag("meta", {"charset": "utf-8"}), tag("title", None, f"{title} – Pro Santé Connect simulé")
    )
    banner = tag("header", None, "Pro Santé Connect simulé, personnes fictives. Ce n’est pas Pro Santé Connect.")
    body = tag("body", None, banner, tag("main", None, tag("h1", None, title), *content))
    return etree.tostring(
        tag("html", {"lang": "fr"}, head, body), method="html", encoding="utf-8", doctype="<!DOCTYPE html>"
    )
