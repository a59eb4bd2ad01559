"""What a stranger's export is taken for: one small file for each shape that exports have."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clew.errors import BadInput
from clew.ingest.guess import guess_source
from clew.ingest.guess_model import Guess
from clew.sources.model import ContactSpec, Kind

NOW = 1_700_000_000_000_000
START = datetime(2023, 1, 2, 9)  # noqa: DTZ001 - as a file shows it

Guesser = Callable[..., Guess]


@pytest.fixture
def guess(tmp_path: Path) -> Guesser:
    def guessing(rows: list[str] | bytes, name: str = "tickets") -> Guess:
        path = tmp_path / f"{name}.csv"
        path.write_bytes(rows if isinstance(rows, bytes) else ("\n".join(rows) + "\n").encode())
        return guess_source(path, name=name, now=NOW)

    return guessing


def meanings(guess: Guess) -> dict[str, str]:
    return {finding.column: finding.meaning for finding in guess.findings}


def wide(count: int = 200) -> list[str]:
    """Tickets of 20 firms, with three times each."""
    chance = random.Random(1)
    rows = ["ticket_id,company,opened_at,first_response_at,due_date,closed_at,status,group,agent,channel,price,subject"]
    for number in range(count):
        at = START + timedelta(hours=number)
        done = chance.random() < 0.6
        closed = at + timedelta(hours=chance.randrange(4, 90)) if done else ""
        status = chance.choice(["solved", "cancelled"]) if done else chance.choice(["open", "pending"])
        rows.append(
            f"T-{number},Firm {number % 20},{at},{at + timedelta(hours=3)},{at.date() + timedelta(days=9)},{closed},"
            f"{status},{chance.choice(['first line', 'second line'])},{chance.choice(['Ann', 'Bob', 'Cem'])},"
            f"{chance.choice(['mail', 'phone'])},{chance.randrange(100, 9999) / 100},"
            f"{chance.choice(['login', 'invoice'])}"
        )
    return rows


def log(count: int = 60) -> list[str]:
    """A log: five events a case at most."""
    chance = random.Random(2)
    rows = ["Case ID,Step No,Activity,Timestamp,Resource,Product,Country"]
    for case in range(count):
        at = START + timedelta(hours=case)
        for step, activity in enumerate(
            ["Open", "Check", "Wait - Customer", "Check", "Close"][: chance.randrange(2, 6)]
        ):
            at += timedelta(hours=chance.randrange(1, 30))
            rows.append(f"C{case},{step},{activity},{at.isoformat()}Z,R{chance.randrange(9)},P{case % 4},X{step % 3}")
    return rows


def test_a_wide_export_has_an_event_for_each_time(guess: Guesser) -> None:
    found = guess(wide())

    assert (found.form, found.kind, found.id) == ("wide", Kind.SNAPSHOT, ("ticket_id",))
    assert found.account == ("company", "company")
    assert found.subjects == {"ticket": "ticket_id"}
    assert [(event.event, event.at) for event in found.events] == [
        ("opened", "opened_at"),
        ("first response", "first_response_at"),
        ("{status}", "closed_at"),  # filled only for the statuses that end a ticket
    ]
    event = found.events[0]
    assert [given and given.column for given in (event.team, event.by, event.channel)] == ["group", "agent", "channel"]
    assert (found.value, found.events[0].value) == ("price", "price")
    assert found.attributes == {
        "due_date": ("due_date", "ticket"),
        "price": ("price", "ticket"),
        "subject": ("subject", "ticket"),
        "status": ("status", "ticket"),
    }


def test_a_log_has_its_events_in_a_column(guess: Guesser) -> None:
    found = guess(log())

    assert (found.form, found.kind, found.id) == ("log", Kind.EVENTS, ("Case ID", "Step No"))
    assert found.subjects == {"case": "Case ID"}
    (event,) = found.events
    assert (event.event, event.at, event.sequence) == ("{Activity}", "Timestamp", "Step No")
    assert event.by is not None
    assert event.by.column == "Resource"
    assert found.attributes == {"Product": ("Product", "case")}  # always the same inside one case
    assert found.properties == ["Country"]


def test_a_log_with_ids_of_events_belongs_to_the_account(guess: Guesser) -> None:
    rows = [
        f"e{n},firm{n % 7},{START + timedelta(minutes=n)},{['login', 'export', 'invite'][n % 3]}" for n in range(300)
    ]

    found = guess(["event_id,account_id,happened_at,event_type", *rows])

    assert (found.form, found.id, found.account, found.subjects) == (
        "log",
        ("event_id",),
        ("account", "account_id"),
        {},
    )
    assert [event.event for event in found.events] == ["{event_type}"]


def test_addresses_names_and_prose_stay_out_of_the_log(guess: Guesser) -> None:
    rows = [
        f"{n},{START + timedelta(hours=n)},mia{n}@example.org,Mia Muster{chr(97 + n % 26)},{20 + n % 50},"
        f'+49 170 {1000000 + n},"I have waited for an answer for {n} days now, please call me"'
        for n in range(100)
    ]

    found = guess(["id,created_at,customer_email,customer_name,customer_age,phone,message", *rows])

    assert found.contact == ContactSpec(id="customer_email", email="customer_email", name="customer_name")
    assert found.personal == ["customer_age", "phone", "message"]
    assert found.properties == []
    assert found.attributes == {}
    assert found.subjects == {"ticket": "id"}  # an id without a name is named after the file


def test_a_log_of_addresses_belongs_to_their_domains(guess: Guesser) -> None:
    rows = [
        f"user{n % 90}@firm{n % 30}.com,{['login', 'export'][n % 7 % 2]},{1_690_000_000 + n * 60}" for n in range(900)
    ]

    found = guess(["email,event,timestamp", *rows])

    assert found.account == ("domain", "email")
    assert found.time_format == "epoch seconds"
    assert any("domain of 'email'" in remark for remark in found.remarks)


def test_a_table_describes_accounts(guess: Guesser) -> None:
    found = guess(["account,sector,employees", *(f"Firm {n},{['retail', 'media'][n % 2]},{n * 10}" for n in range(50))])

    assert (found.form, found.account, found.subjects) == ("table", ("account", "account"), {})
    assert found.attributes == {"sector": ("sector", None), "employees": ("employees", None)}
    assert found.events == []


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (None, "%Y-%m-%d %H:%M:%S"),
        (None, "%Y-%m-%dT%H:%M:%S+02:00"),
        ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M"),
        ("%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M %p"),
        ("%d/%m/%Y", "%d/%m/%Y"),
        ("%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S"),
        ("%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M"),
        ("%B %d, %Y", "%B %d, %Y"),
        ("%Y%m%d", "%Y%m%d"),
    ],
)
def test_the_format_of_times_is_found(guess: Guesser, form: str | None, written: str) -> None:
    times = [START + timedelta(days=number, minutes=number) for number in range(100)]

    found = guess(["id;date", *(f"{number};{time.strftime(written)}" for number, time in enumerate(times))])

    assert found.time_format == form
    assert [event.at for event in found.events] == ["date"]


@pytest.mark.parametrize(
    ("dates", "form", "reason"),
    [
        (["02/01", "03/01", "01/02", "04/02", "02/03", "01/04"], "%d/%m/%Y", "in order of time"),
        (["01/02", "01/03", "02/01", "02/04", "03/02", "04/01"], "%m/%d/%Y", "in order of time"),
        (["05/05", "05/05", "05/05"], "%d/%m/%Y", "please check"),
    ],
)
def test_day_or_month_first_is_decided_by_evidence_and_said(
    guess: Guesser, dates: list[str], form: str, reason: str
) -> None:
    found = guess(["id,date", *(f"{number},{date}/2023" for number, date in enumerate(dates))])

    assert found.time_format == form
    (remark,) = found.remarks
    assert "day or month first is open" in remark
    assert reason in remark


def test_a_day_beyond_twelve_decides_alone(guess: Guesser) -> None:
    found = guess(["id,date", "1,05/06/2023", "2,06/13/2023"])

    assert found.time_format == "%m/%d/%Y"
    assert found.remarks == []


def test_an_excel_export_in_utf_16_with_tabs_is_read(guess: Guesser) -> None:
    content = "\n".join(wide(50)).replace(",", "\t").encode("utf-16")

    found = guess(content)

    assert (found.sample.encoding, found.sample.header.delimiter) == ("utf-16-le", "\t")
    assert len(found.events) == 3


def test_a_german_export_is_read(guess: Guesser) -> None:
    rows = [
        f"V-{n};Müller & Söhne {n % 9};{START + timedelta(hours=n):%d.%m.%Y %H:%M};{n * 7},{n % 100:02}"
        for n in range(150)
    ]

    found = guess("\r\n".join(["Vorgang-Nr;Kunde;Eröffnet am;Betrag", *rows]).encode("cp1252"))

    assert (found.sample.encoding, found.sample.header.delimiter, found.decimal) == ("cp1252", ";", ",")
    assert (found.account, found.value) == (("kunde", "Kunde"), "Betrag")
    assert [event.event for event in found.events] == ["eröffnet"]


def test_rows_that_nothing_identifies_are_events_that_stay(guess: Guesser) -> None:
    found = guess(["shop,visited_at,mood", *(f"S{n % 4},2023-01-{1 + n % 5:02},good" for n in range(100))])

    assert (found.id, found.kind) == ((), Kind.EVENTS)


def test_an_id_that_repeats_now_and_then_takes_a_second_column_to_it(guess: Guesser) -> None:
    rows = [f"r{max(n, 1)},o{n % 400},2023-01-{1 + n % 28:02}" for n in range(500)]

    found = guess(["review_id,order_no,written_at", *rows])

    assert found.id == ("review_id", "order_no")
    assert any("repeats in 1 rows" in remark for remark in found.remarks)


def test_every_column_is_accounted_for(guess: Guesser) -> None:
    found = guess(["id,at,empty,noise", *(f"{n},2023-01-01,,{'x' * 5}{n}{n}" for n in range(2000))])

    assert meanings(found) == {"id": "subject ticket", "at": "time", "empty": "left out", "noise": "left out"}
    assert all(finding.reason for finding in found.findings)


def test_only_beginning_and_end_of_a_large_file_are_looked_at(tmp_path: Path) -> None:
    from clew.ingest.sampling import take_sample

    path = tmp_path / "large.csv"
    path.write_text("id,at\n" + "".join(f"{number},2023-01-01\n" for number in range(100_000)))

    sample = take_sample(path, head_bytes=200_000, tail_bytes=10_000)

    names = sample.columns["id"].names
    assert not sample.whole
    assert (names[0], names[-1]) == ("0", "99999")
    assert 10_000 < sample.rows < 50_000
    assert sample.faults == 0


def test_a_file_without_a_header_or_rows_is_refused(guess: Guesser) -> None:
    for content, said in (("1,2023-01-01\n2,2023-01-02\n", "looks like data"), ("", "is empty"), ("a,b\n", "no rows")):
        with pytest.raises(BadInput, match=said):
            guess(content.encode())


def test_stray_quotes_and_ragged_rows_do_not_hide_the_delimiter(guess: Guesser) -> None:
    found = guess([*wide(100), 'T-x,5" pipe', "a;b;c;d", *wide(101)[-1:]])

    assert found.sample.header.delimiter == ","
    assert found.sample.faults == 2
