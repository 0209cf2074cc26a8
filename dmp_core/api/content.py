"""Reading what the host saved: JSON into the model of a document's content, or an error that names each field."""

from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from dmp_core.errors import ContentInvalid
from dmp_core.model.finding import Finding

Model = TypeVar("Model", bound=BaseModel)

_REMEDIES: Final = {
    "missing": "Renseignez cette rubrique.",
    "extra_forbidden": "Retirez cette rubrique : le document ne la connaît pas.",
    "json_invalid": "Le contenu n’est pas du JSON : signalez-le à l’éditeur du LGO.",
}
_OTHERWISE: Final = "Corrigez cette rubrique : sa forme est incorrecte."
_OWN_WORDS: Final = "value"
_MAX_PATH: Final = 120


def remedy(words: str) -> PydanticCustomError:
    """What a validator raises where a value is wrong: `words` say in French what to do, without the value."""
    return PydanticCustomError(_OWN_WORDS, words)


def read_content(model: type[Model], content: bytes) -> Model:
    """The content as `model` reads it. Raises ContentInvalid: one finding a field, its path and a remedy, no value.

    A validator of `model` gives its own remedy with `raise remedy("...")`.
    """
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)
        findings = tuple(_finding(d["type"], d["loc"], d["msg"]) for d in details)
    raise ContentInvalid("; ".join(str(finding) for finding in findings)[:400], findings=findings)


def _finding(kind: str, location: tuple[int | str, ...], message: str) -> Finding:
    path = ".".join(str(step) for step in location)[:_MAX_PATH] or "contenu"
    return Finding(path, kind, message if kind == _OWN_WORDS else _REMEDIES.get(kind, _OTHERWISE))
