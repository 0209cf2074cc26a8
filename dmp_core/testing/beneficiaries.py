"""Whom a card or a scanned code names, without any card: stands for the GIE's reading API and the Appli carte Vitale.

Their specifications are not public (GIE SESAM-Vitale, under licence): the shape of the code is an invention of ours.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from dmp_core.errors import CardPulled, ScannedCodeRefused
from dmp_core.model.beneficiary import Beneficiary

CODE: Final = "SIMULATION-APCV:"
"""What a simulated phone shows: this, then the name that the provider was given."""


class SimulatedBeneficiaries:
    """`ports.BeneficiaryProvider` that knows persons by the reader's name, and by the name in the code.

    As the real services, it may fail: `refuse` is raised instead of any answer.
    """

    def __init__(
        self,
        cards: Mapping[str, Sequence[Beneficiary]] | None = None,
        codes: Mapping[str, Sequence[Beneficiary]] | None = None,
    ) -> None:
        self._cards = dict(cards or {})
        self._codes = dict(codes or {})
        self.refuse: Exception | None = None

    def on_card(self, reader: str) -> Sequence[Beneficiary]:
        self._fail()
        if reader not in self._cards:
            raise CardPulled("no simulated card in that reader")
        return self._cards[reader]

    def behind_code(self, code: str) -> Sequence[Beneficiary]:
        self._fail()
        prefix, name = code[: len(CODE)], code[len(CODE) :]
        if prefix != CODE or name not in self._codes:
            raise ScannedCodeRefused("no code of this simulation")
        return self._codes[name]

    def _fail(self) -> None:
        if self.refuse is not None:
            raise self.refuse
