"""The parts of meanings.yaml as shapes: touches, questions, statements, promises, requests, scores, readiness."""

from __future__ import annotations

from dataclasses import replace

from clew.conditions.happening import event_names
from clew.conditions.model import Condition
from clew.conditions.parse import TRIGGER, Happening
from clew.durations import Duration
from clew.files.scalars import Value, duration, name, number, number_of, reference, text
from clew.files.shapes import Found, Key, MapOf, Record, Shape
from clew.files.tree import ScalarNode
from clew.meanings.model import (
    AccountMeaning,
    Asked,
    Frictions,
    Promises,
    Ready,
    Requests,
    ScoreMeaning,
    Sent,
    Silence,
    Stated,
)


def when() -> Shape[Condition]:
    """A condition that comes true at an event of an account."""
    return Happening(TRIGGER)


def window() -> Value[Duration]:
    """A span of elapsed time that is longer than nothing."""
    return _some(
        duration(elapsed=True),
        "more than 0 of a unit, as '14 days', '72 hours', '4 weeks'; working time cannot be used here",
    )


def _deadline() -> Value[Duration]:
    """A span of elapsed or working time that is longer than nothing."""
    return _some(duration(), "more than 0 of a unit, as '8 working hours', '2 days', '4 weeks'")


def _some(span: Value[Duration], allowed: str) -> Value[Duration]:
    def convert(node: ScalarNode) -> Duration | None:
        found = span.convert(node)
        return found if found and found.amount > 0 else None

    return Value(allowed, convert, span.json)


def _from_one(what: str) -> Value[float]:
    return number(f"a whole number of {what} from 1", least=1, whole=True)


def attribute_shape() -> Shape[str]:
    """An attribute of accounts."""
    about = "Attribute with what an account brings a year, as annual_revenue."
    key = Key(reference("attribute"), about, required=True)
    return Record({"attribute": key}, lambda found: str(found["attribute"]))


def account_shape() -> Shape[AccountMeaning]:
    """Attributes that say who an account is."""
    about = {
        "name": "what to call it; absent: the first of name, company, account name, organization",
        "owner": "the user who owns it; absent: owner",
        "team": "the team that owns it; absent: team, owner_team, else the owner's team in clew.yaml",
        "industry": "its industry; absent: industry",
        "parent": "the id of the account above it; absent: parent",
        "renewal": "the day on which it renews, said of it or of its contracts; absent: renewal_date",
    }
    keys = {name: Key(reference("attribute"), f"Attribute with {told}.") for name, told in about.items()}
    return Record(keys, lambda found: AccountMeaning(**found.values))


def sent_shape() -> Shape[Sent]:
    """Touches that the firm makes."""
    return Record(
        {
            "when": Key(when(), "A touch that the firm makes, from any team.", required=True),
            "within": Key(
                window(),
                "Two teams that reach one person about one thing so soon after each other do it twice; absent: 3 days.",
            ),
        },
        lambda found: Sent(**found.values),
    )


def asked_shape() -> Shape[Asked]:
    """Questions to customers."""
    return Record(
        {
            "when": Key(when(), "The firm asks a customer something.", required=True),
            "answered": Key(when(), "The customer answers; absent: a question counts as answered once asked."),
            "within": Key(window(), "An answer counts as known for so long; absent: 365 days."),
        },
        lambda found: Asked(**found.values),
    )


def stated_shape() -> Shape[Stated]:
    """Statements to customers."""
    return Record(
        {
            "when": Key(when(), "A team tells a customer something about a topic.", required=True),
            "says": Key(text("the name of a property"), "Kept property with what was told.", required=True),
            "within": Key(window(), "A statement holds for so long; absent: 60 days."),
        },
        _build_stated,
    )


def _build_stated(found: Found) -> Stated:
    _mention_property(found, "says", found["when"])
    return Stated(**found.values)


def promises_shape() -> Shape[Promises]:
    """Promises and what keeps them."""
    return Record(
        {
            "made": Key(when(), "Something is promised to a customer.", required=True),
            "kept": Key(when(), "A promise is kept.", required=True),
            "id": Key(
                text("the name of a property"),
                "Kept property of both events with the id of the promise.",
                required=True,
            ),
            "due": Key(text("the name of a property"), "Kept property of `made` with the day on which it is due."),
            "within": Key(window(), "Instead of `due`: so long after it was made; absent: 14 days."),
        },
        _build_promises,
    )


def _build_promises(found: Found) -> Promises:
    for event in ("made", "kept"):
        _mention_property(found, "id", found[event])
    if found.node.get("due") and found.node.get("within"):
        found.reading.problem(found.place("within"), "both 'due' and 'within' say when it is due", "one of them")
    if "due" in found.values:
        _mention_property(found, "due", found["made"])
    return Promises(**found.values)


def requests_shape() -> Shape[Requests]:
    """Requests of customers, as the service desk keeps them."""
    return Record(
        {
            "subject": Key(reference("subject"), "Kind of subject: one thing for each request.", required=True),
            "opened": Key(when(), "A request is opened.", required=True),
            "answered": Key(when(), "It is answered for the first time, or again."),
            "reopened": Key(when(), "It is opened again after it was closed."),
            "closed": Key(when(), "It is closed."),
            "answer_within": Key(_deadline(), "An answer later than this is slow; absent: 8 working hours."),
            "teams": Key(_from_one("teams"), "More teams than this pass a request around; absent: 3."),
        },
        lambda found: Requests(**found.values),
    )


def scores_shape() -> Shape[dict[str, ScoreMeaning]]:
    """Survey scores by a name of one's own."""
    return MapOf(name("score"), _score(), example="nps: {property: nps, good: 9, poor: 6}")


def _score() -> Shape[ScoreMeaning]:
    return Record(
        {
            "property": Key(text("the name of a property"), "Kept property with the score.", required=True),
            "good": Key(number(), "This and more is content.", required=True),
            "poor": Key(number(), "This and less is a complaint; between the two is lukewarm.", required=True),
        },
        _build_score,
    )


def _build_score(found: Found) -> ScoreMeaning:
    _mention_property(found, "property")
    if found["poor"] >= found["good"]:
        wrong = f"poor {found['poor']:g} is not below good {found['good']:g}"
        found.reading.problem(found.place("poor"), wrong, f"less than {found['good']:g}")
    return ScoreMeaning("", found["property"], found["good"], found["poor"])


def named_scores(found: Found) -> dict[str, ScoreMeaning]:
    """The scores, each with its own name."""
    return {key: replace(score, name=key) for key, score in found.get("scores", {}).items()}


def frictions_shape() -> Shape[Frictions]:
    """When small frictions pile up."""
    return Record(
        {
            "at_least": Key(_from_one("frictions"), "So many small frictions pile up; absent: 4."),
            "within": Key(window(), "Within a window of this length and nothing loud in it; absent: 90 days."),
            "when": Key(when(), "Further small frictions of the firm's own."),
        },
        lambda found: Frictions(**found.values),
    )


def silence_shape() -> Shape[Silence]:
    """When an account is silent against its own rhythm."""
    return Record(
        {
            "when": Key(when(), "What counts as a sign of life; absent: every event."),
            "gaps": Key(_from_one("gaps"), "An account has a rhythm from so many gaps on; absent: 8."),
            "times": Key(_times(), "So many times the P90 of its own earlier gaps is silence; absent: 2."),
            "at_least": Key(window(), "Never less than this; absent: 21 days."),
        },
        lambda found: Silence(**found.values),
    )


def _times() -> Value[float]:
    def convert(node: ScalarNode) -> float | None:
        value = number_of(node)
        return value if value is not None and value >= 1 else None

    return Value("a number from 1, as 2 or 1.5", convert, {"type": "number", "minimum": 1})


def ready_shape() -> Shape[dict[str, Ready]]:
    """Readiness for the next value step, by a name of one's own."""
    return MapOf(name("readiness"), _readiness(), example="more-seats: {when:, outreach:}")


def _readiness() -> Shape[Ready]:
    return Record(
        {
            "when": Key(when(), "The account is ready from the moment that this comes true.", required=True),
            "outreach": Key(when(), "The firm's offer or talk that should follow.", required=True),
            "within": Key(window(), "Outreach is expected within this time; absent: 30 days."),
            "watch": Key(window(), "One looks for so long whether the account expanded; absent: 180 days."),
        },
        _build_ready,
    )


def _build_ready(found: Found) -> Ready:
    ready = Ready("", **found.values)
    if ready.watch.micros < ready.within.micros:
        node = found.place("watch") if "watch" in found.values else found.place("within")
        wrong = f"one would look for {ready.watch}, but outreach has {ready.within}"
        found.reading.problem(node, wrong, "a 'watch' that is at least as long as 'within'")
    return ready


def named_ready(found: Found) -> dict[str, Ready]:
    """What accounts can be ready for, each with its own name."""
    return {key: replace(ready, name=key) for key, ready in found.get("ready", {}).items()}


def _mention_property(found: Found, key: str, condition: Condition | None = None) -> None:
    """A kept property must be kept by what tells of the events; by any source where no condition names them."""
    events = event_names(condition) if condition is not None else ()
    found.reading.mention("property", found[key], found.place(key), scope=events)
