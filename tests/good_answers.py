"""One good answer of the simulated DMP to each transaction, its bytes as they came, and how the client reads them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from dmp_core.dmp import (
    soap,
    td02_existence,
    td03_authorisation,
    td04_patients,
    td13_administrative,
    td16_authorisations,
    td21_feed,
    td31_search,
    td31_stream,
    td32_retrieve,
    td33_update,
)
from dmp_core.dmp.soap import Answer, Message
from dmp_core.model.access import Mode
from dmp_core.model.document import Visibility
from dmp_core.model.oids import Status
from dmp_core.ports import HttpAnswer, HttpStream

FIRST, SECOND = "2.25.701", "2.25.702"
Change = Callable[[HttpAnswer], HttpAnswer]


@dataclass(frozen=True)
class Good:
    """An exchange that went well."""

    message: Message
    message_id: UUID
    http: HttpAnswer
    reader: Callable[[Answer], Any]

    def read(self, http: HttpAnswer | None = None) -> Any:
        """What the client makes of the answer, or of `http` in its place."""
        answer = soap.answer(http or self.http, self.message, message_id=self.message_id)
        return self.reader(answer)


class GoodStream(Good):
    """Read while it comes, in small pieces."""

    def read(self, http: HttpAnswer | None = None) -> Any:
        given = http or self.http
        pieces = (given.body[at : at + 512] for at in range(0, len(given.body), 512))
        stream = HttpStream(given.status, given.content_type, pieces)
        return list(td31_stream.rows(stream, self.message, message_id=self.message_id))


def sub(pattern: bytes, new: bytes | Callable[[re.Match[bytes]], bytes], count: int = 1) -> Change:
    """The answer with other bytes; a change that changes nothing proves nothing."""

    def change(http: HttpAnswer) -> HttpAnswer:
        body, made = re.subn(pattern, new, http.body, count=count, flags=re.DOTALL)
        assert made, pattern
        return replace(http, body=body)

    return change


def both(*changes: Change) -> Change:
    def change(http: HttpAnswer) -> HttpAnswer:
        for each in changes:
            http = each(http)
        return http

    return change


def good_answers(pharmacy: Any) -> dict[str, Good]:
    """By transaction; TD3.1 and TD3.3 by question."""
    pharmacy.fed(FIRST)
    pharmacy.fed(SECOND)
    return {name: _asked(pharmacy, *question) for name, question in _questions(pharmacy)}


def _questions(pharmacy: Any) -> Iterator[tuple[str, tuple[Message, Callable[[Answer], Any] | None]]]:
    ins, now = pharmacy.ins, pharmacy.clock.now()
    for name, module in (("TD0.2", td02_existence), ("TD1.3a", td13_administrative)):
        ids = {"message_id": pharmacy.ids.uuid(), "query_id": pharmacy.ids.uuid()}
        built = module.build(ins, pharmacy.software, at=now, **ids)
        yield name, (built, lambda answer, module=module, ids=ids: module.read(answer, ins=ins, **ids))
    yield "TD0.3", (td03_authorisation.build(td03_authorisation.Action.ADD), td03_authorisation.read)
    since = td04_patients.build(now - timedelta(days=400), td04_patients.DateType.LAST_AUTHORISATION)
    yield "TD0.4", (since, td04_patients.read)
    yield "TD1.6", (td16_authorisations.build(), td16_authorisations.read)
    yield "TD2.1", (pharmacy.feed("2.25.703"), td21_feed.read)
    found = td31_search.find_documents(td31_search.Filter(), ins=ins)
    yield "TD3.1 stream", (found, None)
    yield "TD3.1 documents", (found, lambda answer: list(td31_search.read(answer)))
    unique_ids = [FIRST, SECOND]
    references = td31_search.get_documents(unique_ids, references_only=True)
    yield "TD3.1 references", (references, td31_search.read_references)
    sets = td31_search.find_submission_sets(submitted_from=now - timedelta(days=2), ins=ins)
    yield "TD3.1 sets", (sets, td31_search.read_submission_sets)
    held = td31_search.read_submission_sets(pharmacy.ask(sets))
    (associations,) = td31_search.get_associations([held[0].entry_uuid], td31_search.SearchSettings())
    yield "TD3.1 associations", (associations, td31_search.read_associations)
    both_documents = td32_retrieve.build(unique_ids)
    yield "TD3.2", (both_documents, lambda answer: td32_retrieve.read(answer, asked=unique_ids))
    yield "TD3.3a", (pharmacy.update(FIRST, Visibility(masked_to_professionals=True)), td33_update.read)
    yield "TD3.3d", (pharmacy.update(SECOND, Status.ARCHIVED), td33_update.read)
    yield "TD3.3c", (pharmacy.update(SECOND, Status.DELETED), td33_update.read)


def _asked(pharmacy: Any, message: Message, reader: Callable[[Answer], Any] | None) -> Good:
    pharmacy.ask(message)
    passed = pharmacy.line(Mode.DIRECT).passed[-1]
    asked = re.search(rb"MessageID[^>]*>urn:uuid:([^<]+)", passed.request.body)
    assert asked
    kind = GoodStream if reader is None else Good
    return kind(message, UUID(asked[1].decode()), passed.answer, reader or list)
