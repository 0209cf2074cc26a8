"""The sizes beyond which the answer is a clear refusal with the number in it."""

from typing import Final

MEGABYTE: Final = 1_000_000

FED_DOCUMENT: Final = 10 * MEGABYTE  # a document that a pharmacy sends
RECEIVED_DOCUMENT: Final = 20 * MEGABYTE  # a document that the DMP returns
BRIDGE_FRAME: Final = 16 * MEGABYTE  # one JSON-RPC message
DMP_ANSWER: Final = 64 * MEGABYTE  # one whole HTTP answer
XML_DEPTH: Final = 128
XML_ATTRIBUTES: Final = 256  # of one element
XML_NAMESPACES: Final = 128  # of one document
XML_ELEMENTS: Final = 2_000_000
MIME_PARTS: Final = 64
UNIQUE_ID: Final = 128  # characters of an XDS uniqueId
TITLE: Final = 200
FEEDS_PER_SECOND: Final = 4  # in any sliding second, per structure (DNS/CNAM guide v1.5)
