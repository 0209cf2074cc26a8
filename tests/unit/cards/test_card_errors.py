"""What PC/SC answers, in the words of the counter."""

import pytest
from smartcard import scard

from dmp_core import errors
from dmp_core.cards import readers

CODES = sorted({getattr(scard, name) for name in dir(scard) if name.startswith(("SCARD_E_", "SCARD_W_", "SCARD_F_"))})
OURS = [
    errors.ReadersUnavailable, errors.ReaderUnplugged, errors.ReaderBusy, errors.CardMute, errors.CardPulled,
    errors.CardUnknown, errors.VitaleUnreadable, errors.ScannedCodeRefused, errors.ScannedCodeUnsupported,
    errors.OtherPatientsCard,
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_pcsc_is_an_error_of_ours(code: int) -> None:
    error = readers._error(code)

    assert type(error) in OURS
    assert error.origin == f"{code:08X}"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (scard.SCARD_E_SHARING_VIOLATION, errors.ReaderBusy),
        (scard.SCARD_W_REMOVED_CARD, errors.CardPulled),
        (scard.SCARD_E_NO_SMARTCARD, errors.CardPulled),
        (scard.SCARD_E_UNKNOWN_READER, errors.ReaderUnplugged),
        (scard.SCARD_W_UNRESPONSIVE_CARD, errors.CardMute),
        (scard.SCARD_E_NO_SERVICE, errors.ReadersUnavailable),
        (scard.SCARD_E_SERVICE_STOPPED, errors.ReadersUnavailable),
        (scard.SCARD_E_INVALID_HANDLE, errors.ReadersUnavailable),
    ],
)
def test_the_counter_reads_what_can_be_done(code: int, kind: type[errors.CardError]) -> None:
    assert type(readers._error(code)) is kind


@pytest.mark.parametrize("kind", OURS)
def test_every_error_of_the_readers_has_a_french_sentence_and_a_remedy_of_its_own(kind: type[errors.DmpError]) -> None:
    assert kind.sentence.endswith(".")
    assert kind.remedy.endswith(".")
    assert kind.sentence != kind.__mro__[1].sentence
