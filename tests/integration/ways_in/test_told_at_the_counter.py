"""The plugin `deja_au_dmp` at a real bridge: listing a record tells the counter what is there already."""

from hostbridge.clients.python import BridgeClient


def test_listing_a_record_says_what_is_in_the_dmp_already(seat, bridge: BridgeClient) -> None:
    host = {"host_id": seat.patient.host_id}
    bridge.call("patient/opened", {"patient": seat.patient.model_dump(mode="json")})
    bridge.call("dmp/open", host)
    bridge.call("dmp/list", {**host, "since": "all"})

    told = []
    while (notice := bridge.next_notice(10)) is not None:
        if notice.method == "message/show" and notice.params["plugin"] == "deja_au_dmp":
            told.append(notice.params["text"])
        if notice.method == "dmp/badge" and notice.params["plugin"] == "deja_au_dmp":
            break
    bridge.call("patient/closed", host)

    assert told
    assert all(text.endswith(" est déjà au DMP.") for text in told)
