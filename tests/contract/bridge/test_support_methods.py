"""`support/record` over a real app, and the warning that a host hears before something fails."""

import pytest

from dmp_core.errors import ClockWrong
from dmp_core.services.notices import CareNeeded
from hostbridge.methods.telling import message_of


@pytest.mark.parametrize("params", [{"what": "hour"}, {"what": "patient", "host_id": "dossier-1"}])
def test_a_recording_begins_with_its_end_and_is_stopped(params, open_desk, make_operator, patient):
    open_desk.result("operator/changed", {"operator": make_operator("read", "feed", "administer")})
    open_desk.result("patient/opened", {"patient": patient})

    begun = open_desk.result("support/record", params)
    ended = open_desk.result("support/record", {"what": "stop"})

    assert begun["until"]
    assert ended == {"until": None}


def test_who_does_not_administer_records_nothing(open_desk, make_operator, patient):
    open_desk.result("operator/changed", {"operator": make_operator("read", "feed")})

    assert open_desk.fault("support/record", {"what": "hour"})[1] == "DMP-RIGHT-001"


def test_a_caution_is_told_with_its_sentence_and_remedy():
    method, message = message_of(CareNeeded(ClockWrong("the clock is 300 s behind the DMP's")))

    assert method == "care/needed"
    assert message.model_dump() == {
        "code": "DMP-CAUT-001",
        "sentence": ClockWrong.sentence,
        "remedy": ClockWrong.remedy,
        "mender": "le pharmacien",
        "detail": "the clock is 300 s behind the DMP's",
    }
