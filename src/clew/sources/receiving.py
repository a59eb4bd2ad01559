"""Sources that receive events: the columns of a received event, and what a file that does not say it means.

Every wire format is brought to the same flat record (`clew.ingest.wires`), so the mapping is the ordinary one over its
columns, and `receives: segment` alone is a complete source. A name that is no column of the record is looked up among
the event's properties: `amount` is `properties.amount`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from clew.conditions.model import Operator, Test
from clew.sources.model import AttributeSpec, ContactSpec, EventSpec, Given, Source

WIRES = ("segment", "rudderstack", "posthog", "cloudevents", "clew")

PROPERTIES, PERSONAL, WORDS = "properties.", "personal.", "words."
GROUPS = (
    PROPERTIES,
    "traits.",
    "account.",
    "context.",
    "groups.",
    "subjects.",
    "links.",
    PERSONAL,
    "extensions.",
    WORDS,
)
COLUMNS = {
    "type": "What the call was: track, page, screen, identify, group, alias, internal, about.",
    "id": "The event's own id; one made from its content where it has none.",
    "event": "Name of the event; page viewed and screen viewed for pages and screens.",
    "at": "When it happened, the sender's clock set right where the wire says when it was sent.",
    "original_at": "The same as written.",
    "sent_at": "When the sender sent it, as written.",
    "received_at": "When it arrived.",
    "clock_skew": "Seconds that were added to the sender's clock, the way it took included.",
    "user": "Id of a person who is known.",
    "anonymous": "Id of a person who is not known yet.",
    "person": "The first of the two.",
    "account": "Id of the account.",
    "group": "The same, where the call says that the person belongs to it.",
    "previous": "An id that the person had before.",
    "email": "The person's address.",
    "name": "The person's name.",
    "role": "The person's role at the account.",
    "team": "Team inside the firm.",
    "channel": "How firm and customer met.",
    "by": "Person inside the firm who acted.",
    "value": "Amount of money, where it is a number: properties.revenue, else properties.total.",
    "source": "Where a CloudEvent comes from.",
    "subject": "What a CloudEvent is about.",
    "data": "What a CloudEvent carries, where it is no JSON object.",
}

TELLS = ("page", "screen", "track")  # types of calls that tell of an event
ATTRIBUTES = ("name", "plan", "industry", "employees")
SKEW = "clock_skew"

# Names of properties that hold a person, whoever sends them: to the person store, unless `properties` lists them.
PERSONS = frozenset(
    "email e-mail email_address emailAddress phone phone_number phoneNumber mobile first_name firstName last_name"
    " lastName full_name fullName user_name userName contact_name contactName contact_email contactEmail birthday"
    " date_of_birth dateOfBirth address street ip ip_address ipAddress".split()
)


def record_column(name: str) -> str:
    """Return the column of a flat record that a name of a mapping means."""
    return name if name in COLUMNS or name.startswith(GROUPS) else PROPERTIES + name


def plain_name(name: str) -> str:
    """Return a column as the log calls it: a property without "properties.", unless another column bears that name."""
    rest = name.removeprefix(PROPERTIES)
    return rest if rest and record_column(rest) == PROPERTIES + rest else name


def received_parts(written: Mapping[str, Any], origin: Mapping[str, Given]) -> dict[str, Any]:
    """Return the parts of a receiving source, as the fields of `Source`: those that its file writes, else defaults.

    origin  team, channel and by, where the file gives them for all its events
    """
    account = written.get("account", ("account", "account"))
    contact = written.get("contact", ContactSpec("person", "email", "name", "role"))
    member = ((("contact", contact.id), (account[0], "group")),) if account[0] != "domain" else ()
    defaults: dict[str, Any] = {
        "id": ("id",),
        "account": account,
        "contact": contact,
        "formerly": "previous",
        "links": member,
        "linked_at": "at",
        "events": (default_event(origin),),
        "attributes": tuple(AttributeSpec(name, f"account.{name}", "at") for name in ATTRIBUTES),
        "learnt": "received_at",
    }
    given = {**defaults, **written}
    for key in ("properties", "personal"):
        if given.get(key) is not None:
            given[key] = tuple(dict.fromkeys(map(plain_name, given[key])))
    return given


def default_event(origin: Mapping[str, Given] | None = None) -> EventSpec:
    """Return what a received event tells of where the file does not say it; origin as in `received_parts`."""
    said = origin or {}
    return EventSpec(
        event="{event}",
        at="at",
        team=said.get("team", Given("team")),
        channel=said.get("channel", Given("channel")),
        by=said.get("by", Given("by")),
        value="value",
        when={"type": Test(((Operator.IN, TELLS),))},
    )


def personal_columns(source: Source, present: Iterable[str]) -> list[str]:
    """Return which of these columns of records go to the person store only, as the log calls them."""
    kept, personal = set(source.properties or ()), set(source.personal)
    named = {column for column in present if column.startswith(PERSONAL)}
    named |= {plain_name(c) for c in present if c.startswith(PROPERTIES) and c.rpartition(".")[2] in PERSONS} - kept
    return sorted(named | personal)


def kept_columns(source: Source, present: Iterable[str], elsewhere: Iterable[str]) -> list[str]:
    """Return which of these columns of records become properties of events, as the log calls them.

    elsewhere  columns that are mapped already, or personal
    """
    if source.properties is not None:
        return list(source.properties)
    taken = {plain_name(column) for column in elsewhere}
    fitting = {plain_name(c) for c in present if c == SKEW or (c.startswith(PROPERTIES) and not _internal(c))}
    return sorted(fitting - taken)


def _internal(column: str) -> bool:
    """Whether a sender keeps a property for itself, as PostHog's $lib."""
    return column.startswith("$", len(PROPERTIES))
