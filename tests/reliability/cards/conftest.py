"""One seat for all turns of a campaign, and how many turns there are."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from reliability.cards.seat import Seat, seat_in


def turns(in_ci: int, of_campaign: int) -> int:
    """`python3 run.py reliability cards` sets DMP_CARD_CAMPAIGN: a percentage of the whole campaign, 100 there."""
    percentage = os.environ.get("DMP_CARD_CAMPAIGN")
    return in_ci if percentage is None else max(1, of_campaign * int(percentage) // 100)


Progress = Callable[[int, int], None]


@pytest.fixture
def progress(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Progress:
    """`progress(done, of)`: a line in ten, where a campaign runs."""
    name = request.node.name.partition("[")[0]

    def tell(done: int, of: int) -> None:
        if "DMP_CARD_CAMPAIGN" in os.environ and done * 10 // of > (done - 1) * 10 // of:
            with capsys.disabled():
                print(f"\n{name}: {done} of {of}", end="", flush=True)

    return tell


@pytest.fixture(scope="session")
def count_turns() -> Callable[[int, int], int]:
    return turns


@pytest.fixture(scope="module")
def seat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    """A seat with its keys in emulated cards; the folder goes with it."""
    folder: Path = tmp_path_factory.mktemp("cards")
    with seat_in(folder) as made:
        yield made


@pytest.fixture
def clean(seat: Seat) -> Iterator[Seat]:
    """The seat without a card, whatever a turn before left."""
    seat.clean()
    yield seat
    seat.clean()
