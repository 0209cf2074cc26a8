"""The matrix of PDT-INF-526 and PDT-INF-606, typed a second time from `dmp_protocol.md` section 1.2."""

from collections.abc import Callable

import pytest

from dmp_core.model.access import Mode, Purpose
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.rights import Profile, Transaction, may, needs_authorisation

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
# what a préparateur may do is no public fact: with a card or in AIR nothing but ask whether there is a DMP
PREPARATEUR = {
    "TD0.2": "yes no no yes yes",
    "TD0.3": "no no no no no",
    "TD0.4": "no no no yes no",
    "TD0.5": "no no no no no",
    "TD0.9": "no no no no no",
    "TD1.3a": "no no no yes no",
    "TD1.6": "no no no no no",
    "TD2.1": "no no no yes no",
    "TD3.1": "no no no no no",
    "TD3.1-ref": "no no no yes no",
    "TD3.2": "no no no no no",
    "TD3.3a": "no no no no no",
    "TD3.3b": "no no no no no",
    "TD3.3c": "no no no yes no",
    "TD3.3d": "no no no no no",
}
COLUMNS = (
    (Mode.DIRECT, Purpose.NORMAL),
    (Mode.DIRECT, Purpose.BRIS_DE_GLACE),
    (Mode.DIRECT, Purpose.CENTRE_15),
    (Mode.INDIRECT, Purpose.NORMAL),
    (Mode.AIR, Purpose.NORMAL),
)
MATRICES = {"21": PUBLISHED, "60": PUBLISHED, "39": PREPARATEUR}
CALLABLE = sorted(set(PUBLISHED) - {"TD0.5", "TD0.9"})  # the two others are no web service of the simulator


@pytest.mark.parametrize("profession", ["21", "60", "10"])
@pytest.mark.parametrize("transaction", list(Transaction))
def test_the_matrix_is_the_published_one(transaction, profession):
    expected = [word == "yes" for word in PUBLISHED[transaction].split()]

    assert [may(transaction, *column, Profile.of(profession)) for column in COLUMNS] == expected


@pytest.mark.parametrize("transaction", list(Transaction))
def test_a_preparateur_acts_for_the_structure_alone(transaction):
    expected = [word == "yes" for word in PREPARATEUR[transaction].split()]

    assert [may(transaction, *column, Profile.of("39")) for column in COLUMNS] == expected


@pytest.mark.parametrize("transaction", list(Transaction))
def test_a_switch_lets_a_preparateur_act_as_a_professional(transaction):
    expected = [word == "yes" for word in PUBLISHED[transaction].split()]

    assert [may(transaction, *column, Profile.PREPARATEUR, preparateur=True) for column in COLUMNS] == expected


def test_no_transaction_is_missing():
    assert set(PUBLISHED) == set(PREPARATEUR) == set(Transaction)


def calls(service, messages) -> dict[str, Callable[..., object]]:
    """How each transaction is called, about a document of the caller's own that is hidden from the patient."""
    service.feed("1.2.3.1", hidden=("INVISIBLE_PATIENT",))
    document = service.registry.find("1.2.3.1")
    reference = messages.query(messages.get, "ObjectRef", UniqueId="('1.2.3.1')")
    bodies = {
        "TD0.2": ("existence", messages.existence()),
        "TD0.3": ("set_authorization", messages.set_authorization()),
        "TD0.4": ("patient_list", messages.patient_list()),
        "TD1.3a": ("existence", messages.existence(TEST_EXST="CNSLT_DATA")),
        "TD1.6": ("list_authorization", messages.list_authorization()),
        "TD3.1": ("search", messages.query(messages.find, Status=messages.approved)),
        "TD3.1-ref": ("search", reference),
        "TD3.2": ("retrieve", messages.retrieval("1.2.3.1")),
        "TD3.3a": ("update", messages.metadata_update(document.element(), "MASQUE_PS")),
        "TD3.3b": ("update", messages.metadata_update(document.element())),
        "TD3.3c": ("update", messages.status_update(document.entry_uuid, "Approved", "Deleted")),
        "TD3.3d": ("update", messages.status_update(document.entry_uuid, "Approved", "Archived")),
    }
    made = {
        name: lambda kind=kind, body=body, **who: service.call(kind, body, **who)
        for name, (kind, body) in bodies.items()
    }
    return made | {"TD2.1": lambda **who: service.feed("1.2.3.2", **who)}


@pytest.mark.parametrize("profession", sorted(MATRICES))
@pytest.mark.parametrize(("mode", "purpose"), COLUMNS)
@pytest.mark.parametrize("transaction", CALLABLE)
def test_the_service_answers_as_the_matrix_says(service, messages, transaction, mode, purpose, profession):
    column = COLUMNS.index((mode, purpose))
    expected = MATRICES[profession][transaction].split()[column]
    call = calls(service, messages)[transaction]

    reply = call(mode=str(mode), claims=messages.acting(profession, str(purpose)))

    assert service.denied(reply) is (expected == "no"), reply.body
    assert expected == "no" or reply.status == 200, reply.body


ASKING = {"TD1.3a", "TD1.6", "TD3.1", "TD3.2", "TD3.3a", "TD3.3b", "TD3.3d"}


@pytest.mark.parametrize("mode", [Mode.DIRECT, Mode.AIR])
def test_consulting_and_changing_need_the_patients_authorisation(mode):
    asking = {t for t in Transaction if needs_authorisation(t, mode, Purpose.NORMAL, Policy())}

    assert asking == ASKING


def test_nothing_needs_it_in_indirect_mode_or_in_an_emergency():
    assert not any(needs_authorisation(t, Mode.INDIRECT, Purpose.NORMAL, Policy()) for t in Transaction)
    assert not any(needs_authorisation(t, Mode.DIRECT, Purpose.BRIS_DE_GLACE, Policy()) for t in Transaction)
    assert not any(needs_authorisation(t, Mode.DIRECT, Purpose.CENTRE_15, Policy()) for t in Transaction)


@pytest.mark.parametrize("transaction", sorted(set(CALLABLE) - {"TD0.4"}))
@pytest.mark.exigence("EX_3.3-1060", "SC.DMP/CONF.05")
def test_without_the_patients_authorisation_the_service_refuses_just_those(kit, service, messages, transaction):
    call = calls(service, messages)[transaction]
    service.patients.authorisations.remove(service.patients.number(kit.patient), kit.pharmacist)

    assert service.denied(call()) is (transaction in ASKING)


@pytest.mark.parametrize(
    ("switch", "freed"),
    [
        ("administrative_data_without_authorisation", {"TD1.3a", "TD1.6"}),
        ("updates_without_authorisation", {"TD3.3a", "TD3.3b", "TD3.3d"}),
    ],
)
def test_two_switches_ask_for_it_less_often(switch, freed):
    policy = Policy(**{switch: True})

    asking = {t for t in Transaction if needs_authorisation(t, Mode.DIRECT, Purpose.NORMAL, policy)}

    assert asking == ASKING - freed


@pytest.mark.parametrize("transaction", CALLABLE)
def test_a_professional_whom_the_patient_blocks_may_still_feed(kit, service, messages, transaction):
    """And look up and withdraw what they fed; TD0.2 tells them, TD0.4 leaves the patient out."""
    call = calls(service, messages)[transaction]
    service.patients.forbid(kit.patient, kit.pharmacist)

    assert service.denied(call()) is (transaction not in {"TD0.2", "TD0.4", "TD2.1", "TD3.1-ref", "TD3.3c"})
