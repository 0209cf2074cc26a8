"""Faults on demand: what a SPEC means, what is refused, and what each kind does to an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dmp_core.simulator import mtom
from dmp_core.simulator.answers import Reply
from dmp_core.simulator.fault_kinds import KINDS
from dmp_core.simulator.fault_plan import TARGETS, FaultPlan, SpecRefused, usage
from dmp_core.simulator.interference import Dropped

PARTIAL = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"


class Clock:
    """Time that stands still until somebody waits or moves it."""

    def __init__(self):
        self.time, self.waits = 0.0, []

    def wait(self, seconds):
        self.waits.append(seconds)

    def __call__(self):
        return self.time


@pytest.fixture
def clock_of_plan():
    return Clock()


@pytest.fixture
def broken(make_service, clock_of_plan):
    """A service with the faults of some SPECs."""
    return lambda *specs, seed=0: make_service(
        FaultPlan(specs, seed=seed, wait=clock_of_plan.wait, clock=clock_of_plan)
    )


@pytest.mark.parametrize(
    "spec",
    [
        "TD2.1:drop-after", "TD3.1:busy:0.3", "*:slow:1.5", "*:slow:1.5:0.5", "TD2.1:reset-before", "*:html:200:0.1",
        "TD3.2:mtom-broken", "TD0.2:wrong-relatesto", "*:throttle", "*:throttle:2", "*:html", "*:html:0.5",
        "*:expired-certificate", "TD3.3:refuse:XDSRegistryOutOfResources", "TD3.3c:cut:100", "TD0.4:http:502",
        "TD3.1@279035121518989:busy", "*@279035121518989:empty",
    ],
)  # fmt: skip
def test_a_spec_is_read(spec):
    FaultPlan([spec])


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("", "unknown target"),
        ("TD2.1", "unknown kind"),
        ("TD2.1:drop", "unknown kind"),
        ("TD9.9:busy", "unknown target"),
        ("TD0.5:busy", "unknown target"),
        ("TD3.1@1:busy", "unknown target"),
        ("TD2.1:busy:2", "probability"),
        ("TD2.1:busy:0", "probability"),
        ("TD2.1:busy:often", "probability"),
        ("*:slow", "needs SECONDS"),
        ("*:slow:x", "SECONDS is a number"),
        ("*:slow:nan", "SECONDS is a number"),
        ("*:http:99", "STATUS is a number"),
        ("*:refuse:a b", "CODE"),
        ("*:busy:0.5:0.5", "too many parts"),
        ("TD2.1:expired-certificate", "* alone"),
        ("*:expired-certificate:0.5", "always"),
    ],
)
def test_a_wrong_spec_is_refused_with_all_that_exists(spec, why):
    with pytest.raises(SpecRefused) as caught:
        FaultPlan([spec])

    text = str(caught.value)
    assert why in text.partition("\n")[0]
    assert usage() in text


def test_the_usage_names_every_kind_and_every_target():
    assert all(name in usage() for name in KINDS)
    assert all(target in usage() for target in TARGETS)


@given(st.text(max_size=30))
def test_any_text_is_a_plan_or_a_refusal(text):
    try:
        FaultPlan([text])
    except SpecRefused as error:
        assert "SPEC is" in str(error)


@pytest.mark.parametrize(("spec", "arrived"), [("TD2.1:reset-before", 0), ("TD2.1:drop-after", 1)])
def test_a_line_is_cut_before_or_after(broken, spec, arrived):
    service = broken(spec)

    with pytest.raises(Dropped):
        service.feed("1.2.3.1")

    assert len(list(service.registry.documents())) == arrived


def test_a_busy_dmp_says_so_in_the_words_of_each_transaction(broken, messages):
    service = broken("*:busy")
    service.restart(FaultPlan([]))
    service.feed("1.2.3.1")
    update = messages.status_update(service.registry.find("1.2.3.1").entry_uuid, "Approved", "Archived")
    service = broken("*:busy")

    replies = {
        "TD2.1": service.feed("1.2.3.2"),
        "TD3.1": service.call("search", messages.query(messages.find, Status=messages.approved)),
        "TD3.2": service.call("retrieve", messages.retrieval("1.2.3.1")),
        "TD3.3d": service.call("update", update),
    }

    assert {name: service.errors(reply) for name, reply in replies.items()} == {
        "TD2.1": ["XDSRepositoryBusy"], "TD3.1": ["XDSRegistryBusy"], "TD3.2": ["XDSRepositoryBusy"],
        "TD3.3d": ["XDSRegistryBusy"],
    }  # fmt: skip
    assert service.call("existence", messages.existence()).status == 503
    assert len(list(service.registry.documents())) == 1


@pytest.mark.parametrize(
    ("code", "expected"), [("XDSRegistryOutOfResources", "Failure"), ("DMPUnknown", "soap:DMPUnknown")]
)
def test_any_code_can_be_asked_for(broken, messages, code, expected):
    service = broken(f"TD3.1:refuse:{code}")

    reply = service.call("search", messages.query(messages.find, Status=messages.approved))

    assert service.status(reply) == expected
    assert code in reply.body.decode()


@pytest.mark.parametrize(
    ("spec", "status", "kind"),
    [
        ("*:http:502", 502, "text/plain"),
        ("*:html", 503, "text/html"),
        ("*:html:200", 200, "text/html"),
        ("*:invalid-certificate", 500, "application/soap+xml"),
    ],
)
def test_somebody_else_answers(broken, messages, spec, status, kind):
    reply = broken(spec).call("existence", messages.existence())

    assert (reply.status, reply.content_type.partition(";")[0]) == (status, kind)


def test_an_answer_comes_late_when_all_is_done(broken, clock_of_plan):
    service = broken("TD2.1:slow:1.5")

    reply = service.feed("1.2.3.1")

    assert (service.status(reply), clock_of_plan.waits) == ("Success", [1.5])


def test_beyond_so_many_in_a_second_the_dmp_answers_no_more(broken, messages, clock_of_plan):
    service = broken("*:throttle:2")

    statuses = [service.call("existence", messages.existence()).status for _ in range(3)]
    clock_of_plan.time = 1.0
    later = service.call("existence", messages.existence()).status

    assert (statuses, later) == ([200, 200, 429], 200)


def test_half_of_an_answer_or_some_bytes_of_it(broken, messages):
    half, some = (broken(spec).call("existence", messages.existence()) for spec in ("*:cut", "*:cut:100"))

    assert (half.cut_after, some.cut_after) == (len(half.body) // 2, 100)


def test_an_answer_without_a_body_and_one_that_ends_in_a_tag(broken, messages):
    empty, torn = (broken(spec).call("existence", messages.existence()) for spec in ("*:empty", "*:broken-xml"))

    assert (empty.status, empty.body) == (200, b"")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(torn.body)


def test_an_answer_relates_to_another_request(broken, messages):
    reply = broken("TD0.2:wrong-relatesto").call("existence", messages.existence())

    related = etree.fromstring(reply.body).findtext(".//{*}RelatesTo")
    assert related.startswith("urn:uuid:")
    assert related != "urn:uuid:request-1"


def test_a_package_loses_its_end_or_one_byte_of_its_document(broken, messages):
    content = b"<CDA>" + bytes(range(256)) + b"</CDA>"
    broken("TD0.2:busy").feed("1.2.3.1", content)
    good, torn, altered = (
        broken(spec).call("retrieve", messages.retrieval("1.2.3.1"))
        for spec in ("TD0.2:busy", "TD3.2:mtom-broken", "TD3.2:altered")
    )

    with pytest.raises(mtom.MultipartRefused):
        mtom.read(torn.content_type, torn.body)
    (one,) = mtom.read(altered.content_type, altered.body)[1].values()
    assert content in good.body
    assert sum(a != b for a, b in zip(one, content, strict=True)) == 1


def test_an_answer_speaks_of_another_patient(broken, messages):
    service = broken("*:other-patient")
    service.restart()
    service.feed("1.2.3.1", slots=messages.slot("sourcePatientInfo", "PID-5|MARTIN^ANNE^^^^^L", "PID-7|19790301"))
    service = broken("*:other-patient")

    listed = service.call("search", messages.query(messages.find, Status=messages.approved)).body
    told = service.call("existence", messages.existence()).body

    for text in (listed, told):
        assert b"279035121518989" not in text
        assert b"MARTIN" not in text
        assert b"190017511009926" in text
    assert b"PID-7|19000101" in listed
    assert b'birthTime value="19000101"' in told


@pytest.mark.oracle
def test_a_partial_answer_and_a_warning_are_valid(broken, messages, oracle):
    service = broken("TD3.1:partial", "TD2.1:warning")
    rules = etree.XMLSchema(etree.parse(str(oracle / "schemas" / "ihe" / "query.xsd")))

    fed = [service.feed("1.2.3.1"), service.feed("1.2.3.2")]
    partial = service.body(service.call("search", messages.query(messages.find, Status=messages.approved)))

    assert [(service.status(reply), service.errors(reply)) for reply in fed] == [
        ("Success", ["XDSExtraMetadataNotSaved"])
    ] * 2
    assert (partial.get("status"), len(list(partial.iter("{*}ExtrinsicObject")))) == (PARTIAL, 1)
    assert rules.validate(etree.fromstring(etree.tostring(partial))), rules.error_log


@pytest.mark.parametrize(
    ("spec", "hit"),
    [
        ("TD3.1:http:500", {"TD3.1", "TD3.1-ref"}),
        ("TD3.1-ref:http:500", {"TD3.1-ref"}),
        ("TD3.2:http:500", {"TD3.2"}),
        ("TD3.3:http:500", {"TD3.3a", "TD3.3b", "TD3.3c", "TD3.3d"}),
        ("TD3.3a:http:500", {"TD3.3a"}),
        ("*:http:500", set(TARGETS) - {"*", "TD3.3"}),
    ],
)
def test_a_target_means_what_it_says(spec, hit):
    plan = FaultPlan([spec])

    assert {name for name in TARGETS if name not in ("*", "TD3.3") and plan.before(name)} == hit


def test_one_patient_alone_has_bad_luck(broken, messages):
    unlucky = broken("TD0.2@279035121518989:html").call("existence", messages.existence())
    lucky = broken("TD0.2@181067511004222:html").call("existence", messages.existence())

    assert (unlucky.status, lucky.status) == (503, 200)


def test_a_probability_hits_now_and_then_and_a_seed_repeats_it():
    def drawn(seed):
        plan = FaultPlan(["TD3.1:http:500:0.3"], seed=seed)
        return [plan.of("").before("TD3.1") is not None for _ in range(1000)]

    assert 200 < sum(drawn(1)) < 400
    assert drawn(1) == drawn(1) != drawn(2)


def test_one_request_is_drawn_once_for_before_and_after(broken, messages, clock_of_plan):
    plan = FaultPlan(["*:slow:1:0.5", "*:slow:2:0.5"], seed=4, wait=clock_of_plan.wait)
    exchange = plan.of("")

    exchange.before("TD0.2")
    exchange.after("TD0.2", Reply(200, "text/plain", b""))
    first = list(clock_of_plan.waits)
    exchange.after("TD0.2", Reply(200, "text/plain", b""))

    assert clock_of_plan.waits == first * 2


def test_what_was_not_recognised_meets_the_faults_of_everything(broken, kit, clock_of_plan):
    service = broken("*:slow:1")

    reply = service.dmp.handle("patients", "text/plain", b"", kit.der(kit.pki.professional_auth(kit.pharmacist)))

    assert (reply.status, clock_of_plan.waits) == (500, [1.0])
