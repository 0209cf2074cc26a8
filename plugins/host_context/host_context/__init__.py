"""A way in: a contextual call opens the window of a patient or of a document, and no address holds anything of them."""

from host_context.context import Wish, read_form, read_left

__all__ = ["Wish", "read_form", "read_left"]
