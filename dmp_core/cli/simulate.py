"""`dmp simulate`: the simulated DMP in the foreground, and all that a host needs to talk to it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from dmp_core import __version__
from dmp_core.cli.setting import json_option, shows_errors
from dmp_core.errors import ConfigInvalid, ExtraMissing
from dmp_core.model.practitioner import Address
from dmp_core.simulator import demo_documents
from dmp_core.simulator.counter import Counter, demo_counter, patient_of, record_of
from dmp_core.simulator.fault_plan import FaultPlan, SpecRefused
from dmp_core.simulator.pki import KeyPair, Pki
from dmp_core.simulator.simulator import Simulator, new_uuid, now

CONFIG: Final = "dmp.toml"
COUNTER: Final = "counter.json"
LOADED: Final = "loaded.json"
DOCUMENTS: Final = "documents"
_AUTHORISED: Final = timedelta(days=183)
_DEMO_OID: Final = "2.25.308475217283471"  # no vendor's; documents fed with it never leave this machine


@click.command("simulate")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("simulation"),
    show_default=True,
    help="Folder of the simulated DMP; what it holds is kept.",
)
@click.option("--port", default=0, show_default=True, help="0: any free one.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of CDA files: each goes into the record of the patient whom it names. For a new --data only.",
)
@click.option("--empty", is_flag=True, help="A new --data without documents: no record to consult.")
@click.option(
    "--fault",
    "faults",
    metavar="SPEC",
    multiple=True,
    help="Fail on purpose, as in TD2.1:drop-after, TD3.1:busy:0.3 or *:slow:1.5; repeatable. A wrong SPEC shows all.",
)
@click.option("--fault-seed", default=0, show_default=True, help="The same seed makes the same faults.")
@click.option(
    "--admin",
    type=int,
    is_flag=False,
    flag_value=0,
    metavar="[PORT]",
    help="Serve pages that show and change the records, on this machine, without a certificate. No PORT: any free one.",
)
@click.option("--cards", is_flag=True, help="Write cards.toml: the keys are in emulated cards, moved with `dmp cards`.")
@json_option
@shows_errors
def command(
    data: Path,
    port: int,
    documents: Path | None,
    empty: bool,
    faults: tuple[str, ...],
    fault_seed: int,
    admin: int | None,
    cards: bool,
    as_json: bool,
) -> None:
    """Run a DMP on this machine until it is interrupted.

    The folder gets dmp.toml (a configuration for hosts and commands), counter.json (who works there, which patients the
    DMP knows), loaded.json (what became of each document) and the certificates of a test authority. Without --documents
    the first patient's record holds a document of each kind.
    """
    try:
        from dmp_core.cli import simulate_cards, simulate_psc
        from dmp_core.simulator.server import serve
    except ModuleNotFoundError as error:
        raise ExtraMissing(f"{error.name}: install dmp-core[simulator]") from error
    try:
        plan = FaultPlan(faults, seed=fault_seed) if faults else None
    except SpecRefused as error:
        raise click.BadParameter(str(error), param_hint="--fault") from error
    if documents and empty:
        raise click.UsageError("--documents or --empty, not both")
    if not (data / "pki").is_dir():
        prepare(data, documents, filled=not empty)
    elif documents or empty:
        raise ConfigInvalid("--documents and --empty: this --data exists already; give a new folder")
    pages: list[str] = []
    web: list[str] = []
    emulates = simulate_cards.prepare(data, COUNTER) if cards else None

    def ready(listening: int) -> None:
        url = f"https://127.0.0.1:{listening}/si-dmp-server/v2/services/"
        insi = f"https://127.0.0.1:{listening}/"
        write_config(data, url, web[0])
        if as_json:
            told = {"url": url, "insi": insi, "config": str(data / CONFIG), "counter": str(data / COUNTER)}
            told |= {"web": f"https://{web[0]}/"} | simulate_psc.told(data, psc)
            told |= {"cards": str(emulates)} if emulates else {}
            click.echo(json.dumps(told | ({"admin": pages[0]} if pages else {})))
        else:
            shown = simulate_psc.shown(data, psc) + (f"Dossiers : {pages[0]}\n" if pages else "")
            shown += f"Cartes émulées : {emulates} par-dessus, puis `dmp cards insert cps`\n" if emulates else ""
            click.echo(f"DMP simulé : {url}\nINSi simulé : {insi}\nPages du DMP (TD0.9) : https://{web[0]}/")
            click.echo(f"Configuration : {data / CONFIG}\n{shown}Ctrl+C pour arrêter")

    with simulate_psc.at_work(data, COUNTER) as psc:
        serve(data, port, ready, plan, admin_port=admin, on_admin=pages.append, on_web=web.append)


def prepare(data: Path, documents: Path | None = None, *, filled: bool = False) -> None:
    """A new simulated DMP in `data`, with who stands at the counter and the records of `documents`.

    `filled` without documents: the record of the first patient holds one of each kind.
    """
    data.mkdir(parents=True, exist_ok=True)
    counter = demo_counter()
    practitioner = counter.operator.practitioner
    assert practitioner is not None, "the counter's operator is a professional"
    records = [record_of(patient) for patient in counter.patients]
    if filled and documents is None:
        first = counter.patients[0]
        documents = demo_documents.write(data / DOCUMENTS, first, at=now(), uuid=new_uuid)
        records[0] = demo_documents.with_contacts(records[0])
    simulator = Simulator.create(data, [counter.structure], [practitioner], records, documents)
    try:
        until = now() + _AUTHORISED
        for record in records:
            simulator.patients.authorise(record.ins[0], practitioner.national_id, until=until)
        (data / COUNTER).write_text(_known(simulator, counter).model_dump_json(indent=2), encoding="utf-8")
        loaded = [{"file": one.file.name, "unique_id": one.unique_id, "reason": one.reason} for one in simulator.loaded]
        (data / LOADED).write_text(json.dumps(loaded, ensure_ascii=False, indent=2), encoding="utf-8")
    finally:
        simulator.close()


def _known(simulator: Simulator, counter: Counter) -> Counter:
    """The counter with every patient whom the DMP knows."""
    own = {patient.ins.cx: patient for patient in counter.patients if patient.ins}
    patients = []
    for rank, record in enumerate(simulator.patients.all(), 1):
        patient = own.get(record.ins[0]) or patient_of(record, f"dossier-{rank}")
        if patient is not None:
            patients.append(patient)
    return counter.model_copy(update={"patients": tuple(patients)})


def write_config(data: Path, url: str, web: str | None = None) -> None:
    """`dmp.toml`: a configuration that talks to this simulator at `url`, with every key that a mode may need.

    `web`: the domain of its pages (TD0.9), where they are served.
    """
    counter = Counter.model_validate_json((data / COUNTER).read_text(encoding="utf-8"))
    structure, operator = counter.structure, counter.operator
    assert operator.practitioner is not None
    pki = Pki.load(data.resolve() / "pki")
    person, national_id = operator.practitioner, structure.national_id
    real_ins = any(patient.ins and patient.ins.oid.is_real for patient in counter.patients)
    keys = {
        "professional_auth": pki.professional_auth(person.national_id),
        "professional_sign": pki.professional_sign(person.national_id),
        "organisation_auth": pki.organisation_auth(national_id),
        "organisation_sign": pki.organisation_sign(national_id),
    }
    tables = [
        "# Written by `dmp simulate`: a configuration for the simulated DMP beside it.",
        'environment = "simulation"',
        'data = "host"',
        f"simulation_accepts_real_ins = {str(real_ins).lower()}",
        _table("software", name="DMP pour LGO", version=__version__, homologation="SIMULATION", oid=_DEMO_OID),
        _table("dmp", url=url, ca=str(pki.authority.certificate)),
        _table("web", domain=web) if web else "",
        _table("insi", url=f"https://{urlsplit(url).netloc}/", ca=str(pki.authority.certificate)),
        _table("insi.settings", idam="SIMULATION", billing_id=national_id[1:]),
        _table("plugins", enabled=["lgo_id", "doc_officine"], in_process=["lgo_id", "doc_officine"]),
        _table(
            f"structure.{national_id}",
            name=structure.name,
            telephone=structure.telephone,
            feed_mode="direct",
            read_mode="direct",
        ),
        _address(national_id, structure.address),
        *(_key_table(national_id, role, pair) for role, pair in keys.items()),
        _table("operator", id=operator.id, rights=sorted(operator.rights)),
        _table("operator.practitioner", **person.model_dump(exclude_none=True)),
    ]
    (data / CONFIG).write_text("\n".join(table for table in tables if table) + "\n", encoding="utf-8")


def _address(national_id: str, address: Address | None) -> str:
    values = address.model_dump(exclude_none=True) if address else {}
    return _table(f"structure.{national_id}.address", **values) if values else ""


def _key_table(national_id: str, role: str, pair: KeyPair) -> str:
    return _table(f"structure.{national_id}.keys.{role}", certificate=str(pair.certificate), key=str(pair.key))


def _table(section: str, /, **values: object) -> str:
    """One TOML table; JSON's strings and lists are TOML's as well."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value is not None]
    return "\n".join([f"\n[{section}]", *lines])
