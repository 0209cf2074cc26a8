"""The sizes beyond which the answer is a clear refusal with the number in it."""

from typing import Final

MEGABYTE: Final = 1_000_000

FED_DOCUMENT: Final = 10 * MEGABYTE  # a document that a pharmacy sends
RECEIVED_DOCUMENT: Final = 20 * MEGABYTE  # a document that the DMP returns
BRIDGE_FRAME: Final = 16 * MEGABYTE  # one JSON-RPC message
DMP_ANSWER: Final = 64 * MEGABYTE  # one whole HTTP answer
XML_DEPTH: Final = 128
XML_UNFINISHED: Final = 1 * MEGABYTE  # between two rows of an answer read as it comes
XML_SIBLINGS: Final = 200_000  # elements in one
XML_ATTRIBUTES: Final = 128  # of one element
XML_NAMESPACES: Final = 256  # distinct declarations of one document
XML_ELEMENTS: Final = 800_000  # of one document; the longest answer read whole, 5,000 entries, has 500,000
XML_ATTRIBUTES_IN_ALL: Final = 1_500_000
MIME_PARTS: Final = 64
UNIQUE_ID: Final = 128  # characters of an XDS uniqueId
TITLE: Final = 200
FEEDS_PER_DAY: Final = 30_000  # beyond it the CNAM wants to be warned (DNS/CNAM guide v1.5)
FEEDS_PER_SECOND: Final = 4  # in any sliding second, per structure (DNS/CNAM guide v1.5)
