"""What the files of a host mean, said by a table instead of code: `docs/reference/mapping.md`."""

from dmp_core.api.mapping.documents import Attachments, documents
from dmp_core.api.mapping.language import FileMapping, read_mapping

__all__ = ["Attachments", "FileMapping", "documents", "read_mapping"]
