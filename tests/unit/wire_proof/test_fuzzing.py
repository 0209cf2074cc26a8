"""A short fuzzing of every parser: whole seeds, damaged seeds, any bytes. The long one is `python3 run.py fuzz`."""

import pytest
from fuzz_targets import TARGETS, Target, try_one
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

READ_AS_THEY_ARE = {
    "XML", "MTOM", "MTOM header", "SOAP", "ebXML rows", "ebXML streamed", "retrieved documents", "CDA header",
    "CDA viewer", "HL7 v3 existence", "strict JSON", "INS datamatrix", "frames of the bridge",
}  # fmt: skip

DAMAGE = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([0, 1, 4, 40]), st.binary(max_size=8)), min_size=1, max_size=4
)


def damaged(seed: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for place, removed, inserted in changes:
        at = int(place * len(seed))
        seed = seed[:at] + inserted + seed[at + removed :]
    return seed


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_seed_is_read_or_refused_as_declared(target: Target) -> None:
    results = [try_one(target, seed) for seed in target.seeds]

    assert target.name not in READ_AS_THEY_ARE or results[0]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_but_the_declared_errors_leaves_a_parser(target: Target, fuzz_examples: int) -> None:
    @settings(max_examples=fuzz_examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(seed=st.sampled_from(target.seeds), changes=DAMAGE, raw=st.none() | st.binary(max_size=300))
    def run(seed: bytes, changes: list[tuple[float, int, bytes]], raw: bytes | None) -> None:
        try_one(target, damaged(seed, changes) if raw is None else raw)

    run()
