"""What the plugins' tests share in this repository: the documents and rules that others wrote."""

from others import ans, oracle, schema

__all__ = ["ans", "oracle", "schema"]
