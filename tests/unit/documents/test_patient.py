"""The patient of a document, read back."""

import pytest

from dmp_core.documents.patient import patient_of
from dmp_core.errors import DocumentInvalid
from dmp_core.model.identity import Patient


def test_the_patient_of_our_document_is_the_one_it_was_made_for(interview: bytes, patient: Patient) -> None:
    read = patient_of(interview)

    assert read.model_copy(update={"host_id": patient.host_id}) == patient


def test_one_patient_has_one_reference_without_the_ins_in_it(interview: bytes) -> None:
    reference = patient_of(interview).host_id

    assert reference == patient_of(interview.replace(b"PAT-TROIS", b"PAT-QUATRE")).host_id
    assert "279035" not in reference


def test_first_and_other_given_names_told_apart_make_the_list(interview: bytes) -> None:
    told = interview.replace(b"<given>DOMINIQUE MARIE-LOUISE</given>", b"<given>MARIE-LOUISE</given>")

    assert patient_of(told).traits.birth_given_names == "DOMINIQUE MARIE-LOUISE"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'root="1.2.250.1.213.1.4.10"', b'root="1.2.3"'),
        (b"279035121518989", b"279035121518988"),
        (b'value="19790328"', b'value="1979"'),
        (b'value="19790328"', b'value="19791328"'),
        (b'code="F"', b'code="X"'),
        (b'qualifier="BR"', b'qualifier="SP"'),
    ],
)
def test_a_patient_who_cannot_be_read_is_refused_without_a_value(interview: bytes, old: bytes, new: bytes) -> None:
    assert old in interview

    with pytest.raises(DocumentInvalid) as refusal:
        patient_of(interview.replace(old, new))

    assert not [value for value in ("279035", "1979", "PAT-TROIS") if value in str(refusal.value)]
