"""A file in the content of a save is refused before anything decodes it, where it is no base64."""

import base64

import pytest

from hostbridge.protocol.messages import files_are_base64


@pytest.mark.parametrize("size", range(7))
def test_base64_of_any_length_is_taken_as_it_is(size: int) -> None:
    content = {"pdf": base64.b64encode(bytes(range(250, 250 + size))).decode() if size < 6 else "+/+/"}

    assert files_are_base64(content) is content


@pytest.mark.parametrize(
    "text",
    ["A", "AB", "ABC", "A===", "====", "=", "=AB=", "AB=C", "ABC=ABC=", "AB C", "ABCD\n", "AB-_", "ABCD====", "AB.="],
)
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a file is base64"):
        files_are_base64({"pdf": text})
