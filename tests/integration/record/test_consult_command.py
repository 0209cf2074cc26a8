"""`dmp consult` before a real simulated DMP: what the pharmacist reads, in French, and what a program reads."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dmp_core.cli.consult import command
from dmp_core.simulator.patients import RecordState

INS = "279035121518989\n"


@pytest.fixture
def consult(desk: Any) -> Callable[..., Result]:
    """Runs the command with that on its standard input; the desk's own app has left the files."""
    desk.app.close()
    config = next(desk.folder.glob("dmp-*/dmp.toml"))

    def run(*arguments: str, entry: str = INS) -> Result:
        return CliRunner().invoke(command, [*arguments, "-", "--config", str(config)], input=entry)

    return run


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_first_time_two_years_are_shown_by_section_and_later_what_changed(consult: Any, desk: Any) -> None:
    first = consult()
    desk.asked.clear()
    arrived = desk.arrives()
    second = consult()

    shown = plain(first.output)
    assert "DMP ouvert, consultation autorisée." in shown
    assert "Première consultation : documents depuis le" in shown
    assert "Résultats d’examens : 3" in shown
    assert "[Déposé par le patient]" in shown
    assert "ajoutez --all" in shown
    later = plain(second.output)
    assert "Nouveaux et modifiés depuis votre dernière consultation" in later
    assert ", dont 1 nouveau(x)" in later
    assert later.count("[nouveau]") == len(arrived) == 1


def test_one_status_is_asked_for_one_consultation(consult: Any, desk: Any) -> None:
    consult()

    assert desk.asked == ["TD0.2", "TD3.1"]


def test_all_of_one_section(consult: Any) -> None:
    told = json.loads(consult("--all", "--section", "results", "--json").output)

    assert {one["section"] for one in told["documents"]} == {"results"}
    assert (told["status"], told["scope"]) == ("authorised", "filtered")


def test_without_a_terminal_a_question_is_told_and_the_answer_is_an_option(consult: Any, desk: Any) -> None:
    desk.not_authorised()

    asked, told, agreed = consult(), consult("--json"), consult("--consent")

    assert (asked.exit_code, told.exit_code, agreed.exit_code) == (2, 2, 0)
    assert "Le patient est-il d’accord" in asked.output
    assert json.loads(told.output)["ask"]["question"] == "consent"
    assert desk.authorised


def test_an_emergency_takes_its_reason_from_the_next_line(consult: Any, desk: Any) -> None:
    desk.not_authorised()

    without = consult("--emergency")
    opened = consult("--emergency", entry=f"{INS}Patient inconscient, traitement inconnu\n")

    assert (without.exit_code, "Pourquoi accédez-vous" in without.output) == (2, True)
    assert (opened.exit_code, "Accès en urgence (bris de glace), jusqu’à" in opened.output) == (0, True)
    assert "TD0.3" not in desk.asked


def test_documents_are_saved_with_one_question(consult: Any, desk: Any) -> None:
    folder = desk.folder / "saved"

    consult("--all", "--save", str(folder))

    contents = {file.read_bytes() for file in folder.iterdir()}
    assert contents == {desk.simulator.registry.content(one.unique_id) for one in desk.documents()}
    assert desk.asked.count("TD3.2") == 1


def test_a_patient_without_a_record_is_told_so(consult: Any, desk: Any) -> None:
    desk.record(state=RecordState.ABSENT)

    assert consult().output == "Ce patient n’a pas de DMP.\n"


def test_people_to_warn_are_asked_for_with_their_section_alone(consult: Any, desk: Any) -> None:
    whole = plain(consult("--all").output)
    asked_before, _ = desk.asked, desk.asked
    section = plain(consult("--section", "contacts").output)
    told = json.loads(consult("--section", "contacts", "--json").output)

    assert "Personnes à prévenir : Pas encore demandé au DMP." in whole
    assert "TD1.3a" not in asked_before
    assert "Personnes à prévenir : 2" in section
    assert "CLAUDE PROCHE, À prévenir, 0199000011" in section
    assert [one["family"] for one in told["people"]] == ["PROCHE", "VOISINE"]
