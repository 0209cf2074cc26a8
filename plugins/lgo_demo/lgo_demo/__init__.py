"""A small pharmacy software that drives the bridge as a host does: what happens at the counter, step by step."""

from lgo_demo.case import Case, read_case
from lgo_demo.consult import consult
from lgo_demo.feed import feed
from lgo_demo.steps import Document, Step

__all__ = ["Case", "Document", "Step", "consult", "feed", "read_case"]
