"""What a guess takes for persons, whatever the column is called, and the languages in which it knows columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clew.errors import BadInput
from clew.ingest.drafting import source_text
from clew.ingest.guess import guess_source
from clew.ingest.guess_model import Guess
from clew.sources.model import ContactSpec

NOW = 1_700_000_000_000_000
START = datetime(2023, 1, 2, 9)  # noqa: DTZ001 - as a file shows it
STEPS = ("Alpha", "Beta", "Gamma")

Values = Callable[[int], object]
Guesser = Callable[[Mapping[str, Values]], Guess]


@pytest.fixture
def guess(tmp_path: Path) -> Guesser:
    """Guess a help desk's tickets of which one column, or a few, are the test's own."""

    def guessing(columns: Mapping[str, Values]) -> Guess:
        lines = [";".join(["ticket_id", "company", "opened_at", *columns])]
        for n in range(120):
            row = [f"T-{n}", f"Firm {n % 12}", START + timedelta(hours=n), *(value(n) for value in columns.values())]
            lines.append(";".join(map(str, row)))
        return written(tmp_path, lines)

    return guessing


def written(folder: Path, lines: Sequence[str]) -> Guess:
    path = folder / "tickets.csv"
    path.write_text("\n".join(lines) + "\n")
    return guess_source(path, name="tickets", now=NOW)


def people(found: Guess) -> set[str | None]:
    contact = dataclasses.astuple(found.contact) if found.contact else ()
    return {*found.personal, *contact}


def shown(found: Guess, folder: Path) -> str:
    """Everything that a guess lets out: the findings, the remarks, the file written from it."""
    told = [text for finding in found.findings for text in (finding.reason, *finding.samples)]
    return "\n".join([*told, *found.remarks, source_text(found, folder, [])])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Kontakt E-Mail", lambda n: f"zora{n % 9}@ekström.example"),
        ("Melder", lambda n: f"zora{n}@firma.example" if n % 2 else ""),  # half of them empty
        ("who", lambda n: f"zora{n}@müller.example" if n % 3 else "n/a"),
        ("who", lambda n: f"zora{n}@müller.example" if n % 9 == 0 else ("web", "desk")[n % 2]),  # a few of them
        ("sender", lambda n: f"Zora Berg <zora{n % 9}@пример.example>"),
        ("owner", lambda n: f"zora{n % 4}@firm.example"),  # inside, and a person all the same
        ("Telefon", lambda n: f"zora {n}"),
        ("Kundentelefonnummer", lambda n: 49_170_100_000 + n),
        ("Handynummer", lambda n: f"zora{n % 3}"),
        ("Téléphone portable", lambda n: f"zora {n % 3}"),
        ("Celular", lambda n: "zora 1"),
        ("phone_number", lambda n: f"zora{n}"),
        ("Mailadresse", lambda n: f"zora{n}"),
        ("Ansprechpartner", lambda n: f"Zora {n % 4}"),
        ("contact_name", lambda n: "Zora"),
        ("Nome do contato", lambda n: "Zora"),
        ("Nachname", lambda n: f"zora{n % 20}"),
        ("Customer Name", lambda n: f"Zora Berg{'abcdefgh'[n % 8]}"),
        ("Kundenname", lambda n: f"Zora von Berg{'abcdefgh'[n % 8]}"),
        ("Requester", lambda n: f"Berg{chr(97 + n % 26)}{chr(97 + n // 26)}, Zora"),
        ("Requester", lambda n: f"Zora Berg{'abc'[n % 3]}"),
        ("date_of_birth", lambda n: (START - timedelta(days=9000 + n)).date()),
        ("Betreff", lambda n: f"zora {n} rief an"),
    ],
)
def test_persons_are_known_by_name_or_by_values_and_never_shown(
    guess: Guesser, tmp_path: Path, name: str, value: Values
) -> None:
    found = guess({name: value})

    assert name in people(found)
    assert name not in found.attributes
    assert name not in found.properties
    assert name not in [column for event in found.events for column in (event.at, event.value, event.by, event.team)]
    assert not any(str(value(n)) in shown(found, tmp_path) for n in range(120) if len(str(value(n))) > 4)
    assert "zora" not in shown(found, tmp_path).lower()


def test_names_of_firms_are_no_names_of_persons(guess: Guesser) -> None:
    found = guess({"Customer Name": lambda n: ("Berg Solar GmbH", "Ek & Söner", "Nord Bank")[n % 3]})

    assert "Customer Name" not in people(found)


def test_a_contact_is_the_person_outside_and_not_the_agent(guess: Guesser) -> None:
    found = guess(
        {
            "assignee_email": lambda n: f"ann{n % 3}@ours.example",
            "requester_email": lambda n: f"zora{n}@theirs.example",
            "requester": lambda n: f"Zora Berg{chr(97 + n % 26)}",
        }
    )

    assert found.contact == ContactSpec(id="requester_email", email="requester_email", name="requester")
    assert found.personal == ["assignee_email"]


def test_addresses_in_a_first_line_without_names_are_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="looks like data") as refused:
        written(tmp_path, ["zora@ekström.example,open,web", "mia@ekström.example,closed,web"])

    assert "zora" not in str(refused.value)


LANGUAGES = {
    "English": "Ticket No,Customer,Status,Changed at,Team,Assignee,Channel,Amount",
    "German": "Ticketnummer,Kunde,Status,Geändert am,Gruppe,Bearbeiter,Kanal,Auftragswert",
    "French": "N° de dossier,Client,Étape,Date de modification,Équipe,Responsable,Canal,Montant",
    "Spanish": "Número de caso,Cliente,Estado,Fecha,Equipo,Responsable,Canal,Importe",
    "Portuguese": "ID do pedido,Cliente,Etapa,Data de alteração,Equipe,Responsável,Canal,Valor",
    "Italian": "Numero ordine,Cliente,Stato,Data modifica,Squadra,Responsabile,Canale,Importo",
    "Dutch": "Ticketnummer,Klant,Fase,Gewijzigd op,Afdeling,Behandelaar,Kanaal,Bedrag",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("changing", [False, True])
def test_columns_are_known_in_seven_languages(tmp_path: Path, language: str, *, changing: bool) -> None:
    names = LANGUAGES[language].split(",")
    lines = [";".join(names)]
    for n in range(360):
        case, step = divmod(n, 3)
        at = START + timedelta(hours=9 * case, minutes=70 * step)
        amount = f"{100 + case + (step if changing else 0)},50"
        lines.append(
            f"T{case};Firm {case % 12};{STEPS[step]};{at:%d.%m.%Y %H:%M};T{n % 4};Ann{n % 7};C{n % 2};{amount}"
        )

    found = written(tmp_path, lines)

    key, account, status, changed, team, owner, channel, value = names
    (event,) = found.events
    told = [given and given.column for given in (event.team, event.by, event.channel)]
    (kind,) = found.subjects
    assert (found.form, found.key, found.subjects[kind]) == ("log", key, key)
    assert kind in {"ticket", "dossier", "caso", "pedido", "ordine"}
    assert found.account is not None
    assert found.account[1] == account
    assert (event.event, event.at) == ("{" + status + "}", changed)
    assert told == [team, owner, channel]
    assert (found.decimal, found.value, found.attributes[value]) == (",", value, (value, kind))
    assert found.dated == ({value: changed} if changing else {})  # what changes holds from the time of its row on


def test_a_group_of_customers_is_no_team(guess: Guesser) -> None:
    found = guess({"Kundengruppe": lambda n: "AB"[n % 2]})

    assert found.events[0].team is None


def test_the_new_value_of_a_history_is_the_event_and_the_time_with_a_clock_its_time(tmp_path: Path) -> None:
    lines = ["Opportunity ID,From Stage,To Stage,Close Date,Last Modified"]
    for n in range(120):
        case, step = divmod(n, 3)
        at = START + timedelta(hours=30 * case + step)
        former = STEPS[step - 1] if step else ""
        lines.append(f"O{case},{former},{STEPS[step]},{at:%m/%d/%Y},{at:%m/%d/%Y %I:%M %p}")

    (event,) = written(tmp_path, lines).events

    assert (event.event, event.at) == ("{To Stage}", "Last Modified")


def test_of_a_log_of_all_fields_only_changes_of_the_status_are_events(tmp_path: Path) -> None:
    lines = ["Issue Key,Created,Author,Field,From,To"]
    for n in range(120):
        case, step = divmod(n, 3)
        at = START + timedelta(hours=30 * case + step)
        what = f"assignee,Ann,Bob{n % 3}" if step == 1 else f"status,{STEPS[step]},{STEPS[2 - step]}"
        lines.append(f"I-{case},{at.isoformat()},Ann,{what}")

    found = written(tmp_path, lines)

    assert [event.event for event in found.events] == ["{To}"]
    assert found.only == ("Field", "status")
    assert "Bob1" not in shown(found, tmp_path)


def test_rows_whose_times_are_still_to_come_are_things_whatever_repeats_in_them(tmp_path: Path) -> None:
    lines = ["id,customer,subscription,status,created,paid_at,updated_at,amount_due"]
    for n in range(120):
        at = START + timedelta(hours=n)
        paid = at + timedelta(days=2) if n % 4 else ""
        lines.append(
            f"in_{n},cus_{n % 20},sub_{n % 20},{'paid' if n % 4 else 'open'},{at},{paid},{at + timedelta(days=3)},{n}.5"
        )

    found = written(tmp_path, lines)

    assert (found.form, found.id, found.account) == ("wide", ("id",), ("customer", "customer"))
    assert [event.at for event in found.events] == ["created", "paid_at"]  # an edit is no event
