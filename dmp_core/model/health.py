"""The one base of what carries a person's data."""

from pydantic import BaseModel, ConfigDict


class HealthModel(BaseModel):
    """Frozen, closed, and silent: no person's data in a repr or in an error.

    Built at its first use: a program that starts builds the few models of what it is asked, not three hundred.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__
