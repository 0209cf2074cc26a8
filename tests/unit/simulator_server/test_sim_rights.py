"""The matrix of PDT-INF-526 and PDT-INF-606, typed a second time from `dmp_protocol.md` section 1.2."""

import pytest

from dmp_core.model.access import Mode, Purpose
from dmp_core.simulator.rights import Transaction, may, needs_authorisation

# transaction: direct normal, direct bris de glace, direct centre 15, indirect, AIR
PUBLISHED = {
    "TD0.2": "yes yes yes yes yes",
    "TD0.3": "yes no no no yes",
    "TD0.4": "yes no no yes yes",
    "TD0.5": "no no yes no no",
    "TD0.9": "yes yes yes no yes",
    "TD1.3a": "yes yes yes yes yes",
    "TD1.6": "yes no no no yes",
    "TD2.1": "yes yes yes yes no",
    "TD3.1": "yes yes yes no yes",
    "TD3.1-ref": "yes yes yes yes yes",
    "TD3.2": "yes yes yes no yes",
    "TD3.3a": "yes no no no yes",
    "TD3.3b": "yes no no no yes",
    "TD3.3c": "yes yes yes yes yes",
    "TD3.3d": "yes no no no yes",
}
COLUMNS = (
    (Mode.DIRECT, Purpose.NORMAL),
    (Mode.DIRECT, Purpose.BRIS_DE_GLACE),
    (Mode.DIRECT, Purpose.CENTRE_15),
    (Mode.INDIRECT, Purpose.NORMAL),
    (Mode.AIR, Purpose.NORMAL),
)


@pytest.mark.parametrize("transaction", list(Transaction))
def test_the_matrix_is_the_published_one(transaction):
    expected = [word == "yes" for word in PUBLISHED[transaction].split()]

    assert [may(transaction, mode, purpose) for mode, purpose in COLUMNS] == expected


def test_no_transaction_is_missing():
    assert set(PUBLISHED) == set(Transaction)


def test_only_consulting_in_normal_mode_needs_the_patients_authorisation():
    asking = {t for t in Transaction if needs_authorisation(t, Purpose.NORMAL)}

    assert asking == {Transaction.TD31, Transaction.TD32}
    assert not any(needs_authorisation(t, Purpose.BRIS_DE_GLACE) for t in Transaction)
