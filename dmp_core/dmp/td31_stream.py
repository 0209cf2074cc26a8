"""TD3.1 read as it comes: a row is given as soon as its bytes are there, and is provisional until the last one came.

A long record takes the memory of one row at a time. Whatever is not the usual answer (a fault, a partial success,
a multipart) is read whole instead, by `td31_search.read`.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final
from uuid import UUID

from dmp_core import xml
from dmp_core.dmp import answers, entries, soap, td31_search
from dmp_core.dmp.soap import Message
from dmp_core.errors import AnswerUnreadable, XmlRefused
from dmp_core.model.document import RecordEntry
from dmp_core.ports import HttpAnswer, HttpStream
from dmp_core.xml import Element

_HEAD: Final = 4096  # bytes that show what kind of answer it is
_LIST: Final = f"{{{entries.RIM}}}RegistryObjectList"
_RESPONSE: Final = f"{{{answers.QUERY}}}AdhocQueryResponse"


def rows(http: HttpStream, message: Message, *, message_id: UUID) -> Iterator[RecordEntry]:
    """The rows of the answer to `message`, in the order of the DMP.

    Raises, at any row, what `soap.answer` and `td31_search.read` raise: then all rows given before are void.
    """
    pieces = iter(http.pieces)
    head = bytearray()
    while len(head) < _HEAD and (piece := next(pieces, None)) is not None:
        head += piece
    coming = _Coming(bytes(head), pieces, message, message_id)
    if 200 <= http.status < 300 and soap.is_plain(http.content_type) and xml.readable_in_pieces(bytes(head)):
        try:
            yield from entries.read(coming.objects())
            return
        except _UnusualError:
            pass
    answer = HttpAnswer(http.status, http.content_type, b"".join((coming.seen, *pieces)))
    yield from td31_search.read(soap.answer(answer, message, message_id=message_id))


class _UnusualError(Exception):
    """The answer must be read whole; nothing of it was a row yet."""


class _Coming:
    """One answer on its way. `seen` keeps its bytes until its head was found to be that of a success."""

    def __init__(self, head: bytes, pieces: Iterator[bytes], message: Message, message_id: UUID) -> None:
        self.seen = bytearray(head)
        self._bytes = chain((head,), self._noted(pieces))
        self._message = message
        self._message_id = message_id
        self._pull = xml.Pull((_LIST, entries.EXTRINSIC_OBJECT))
        self._list: Element | None = None
        self._came = 0

    def objects(self) -> Iterator[Element]:
        """Each ExtrinsicObject once it is whole; it is emptied when the next one is asked for.

        Raises _UnusualError, AnswerForeign, and AnswerUnreadable where the answer is cut, or is not what it began as.
        """
        try:
            for piece in self._bytes:
                for event, element in self._pull.feed(piece):
                    if event == "start" and element.tag == _LIST:
                        self._begin(element)
                    elif event == "end" and element.tag == entries.EXTRINSIC_OBJECT:
                        yield self._in_its_place(element)
                        self._pull.forget(element)
            root = self._pull.close()
        except XmlRefused as error:
            raise AnswerUnreadable(error.detail) from None
        if self._list is None:
            raise _UnusualError
        self._refuse_unfinished(root, self._list)

    def _noted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if self._list is None:
                self.seen += piece
            yield piece

    def _begin(self, objects: Element) -> None:
        """The head is complete: it must be that of an answer to our question, and of a full success."""
        if self._list is not None:
            raise AnswerUnreadable("a second list of objects")
        response = objects.getparent()
        if response is None or response.tag != _RESPONSE or not answers.is_success(response):
            raise _UnusualError
        payload = soap.payload(objects.getroottree().getroot(), self._message, message_id=self._message_id)
        if payload is not response:
            raise _UnusualError
        self._list = objects
        self.seen.clear()

    def _in_its_place(self, element: Element) -> Element:
        """The entry, counted with what stands before it. Raises AnswerUnreadable for one that stands elsewhere."""
        if self._list is None:
            raise _UnusualError
        if element.getparent() is not self._list:
            raise AnswerUnreadable("an entry stands outside the list")
        before = sum(1 for each in element.itersiblings(preceding=True) if xml.is_element(each))
        self._came += before + (0 if self._came else 1)  # the row before, emptied, still stands there
        return element

    def _refuse_unfinished(self, root: Element, objects: Element) -> None:
        """What came after the rows must leave the head true: one payload, one list, as many objects as announced."""
        response = soap.payload(root, self._message, message_id=self._message_id)
        if [*xml.children(response)] != [objects]:
            raise AnswerUnreadable("something stands beside the list of objects")
        left = sum(1 for _ in xml.children(objects))
        td31_search.refuse_incomplete(response, self._came + left - (1 if self._came else 0))
