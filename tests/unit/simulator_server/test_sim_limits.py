"""What is counted and remembered: assertions, feeds in a second, sizes; and what is registered with a warning."""

from datetime import timedelta

import pytest

from dmp_core.errors import ConfigInvalid
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.throttle import Throttle


def test_an_assertion_serves_once_also_after_a_restart(service, messages):
    first = service.call("existence", messages.existence(), identifier="_once")
    again = service.call("existence", messages.existence(), identifier="_once")
    service.restart()
    later = service.call("existence", messages.existence(), identifier="_once")

    assert (first.status, again.status, later.status) == (200, 500, 500)
    assert service.status(later) == "soap:DMPInvalidVihf"


def test_an_assertion_is_forgotten_when_it_could_not_be_valid_any_more(kit, service, messages):
    service.call("existence", messages.existence(), identifier="_once")

    service.at = kit.at + timedelta(minutes=11)
    service.call("existence", messages.existence(), identifier="_other")

    assert service.storage.rows("SELECT id FROM assertion") == [("_other",)]


def test_a_refused_assertion_is_not_used_up(service, messages):
    service.call("existence", messages.existence(), identifier="_once", claims={"VIHF_Version": ["9"]})

    assert service.call("existence", messages.existence(), identifier="_once").status == 200


def test_four_feeds_in_a_second_pass_where_the_policy_counts_them(kit, make_service):
    service = make_service(feeds_per_second=4)

    statuses = [service.feed(f"1.2.3.{rank}").status for rank in range(1, 7)]
    service.at = kit.at + timedelta(seconds=1)
    later = service.feed("1.2.3.9").status

    assert statuses == [200, 200, 200, 200, 429, 429]
    assert later == 200
    assert len(list(service.registry.documents())) == 5


def test_nothing_but_feeds_is_counted_and_nothing_at_all_by_default(make_service, messages):
    counting, free = make_service(feeds_per_second=1), make_service()

    assert {counting.call("existence", messages.existence()).status for _ in range(3)} == {200}
    assert {free.feed(f"1.2.3.{rank}").status for rank in range(1, 9)} == {200}


@pytest.mark.parametrize(
    ("times", "allowed"),
    [
        ([0, 0.1, 0.2, 0.3], [True, True, True, True]),
        ([0, 0.1, 0.2, 0.3, 0.9], [True, True, True, True, False]),
        ([0, 0.1, 0.2, 0.3, 1.0, 1.05], [True, True, True, True, True, False]),
    ],
)
def test_the_second_slides(times, allowed):
    throttle = Throttle(4)

    assert [throttle.allows("pharmacy", time) for time in times] == allowed
    assert throttle.allows("another", times[-1])


def test_a_document_beyond_the_size_is_refused_with_the_number(make_service):
    service = make_service(largest_document=1000)

    fits, beyond = service.feed("1.2.3.1", b"x" * 1000), service.feed("1.2.3.2", b"x" * 1001)

    text = service.body(beyond).find(".//{*}RegistryError").get("codeContext")
    assert (service.status(fits), service.errors(beyond)) == ("Success", ["XDSRepositoryError"])
    assert "1000" in text


def test_metadata_that_nobody_knows_are_left_out_with_a_warning(service, messages):
    reply = service.feed("1.2.3.1", slots=messages.slot("urn:vendor:note", "x"))

    (error,) = service.body(reply).iter("{*}RegistryError")
    assert service.status(reply) == "Success"
    assert (error.get("errorCode"), error.get("severity").rpartition(":")[2]) == ("XDSExtraMetadataNotSaved", "Warning")
    assert service.entry("1.2.3.1").find("{*}Slot[@name='urn:vendor:note']") is None


def test_a_file_of_another_version_is_refused_in_words(tmp_path):
    path = tmp_path / "registry.sqlite"
    storage = Storage(path)
    with storage.transaction() as connection:
        connection.execute("CREATE TABLE later (x TEXT) STRICT")
    storage._connection.execute("PRAGMA user_version = 1")
    storage.close()

    with pytest.raises(ConfigInvalid, match="another version"):
        Storage(path)
