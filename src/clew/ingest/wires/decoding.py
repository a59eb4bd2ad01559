"""From the body of a request to flat records, one for each event; what cannot be read says why, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from clew.clock import HOUR_US
from clew.errors import kind_and_place
from clew.ingest.wires.clew import Acts, Clew
from clew.ingest.wires.cloudevents import CloudEvents, binary_event, is_binary, structured
from clew.ingest.wires.envelope import Envelope, Format, Told, by_itself
from clew.ingest.wires.fault import BadBody, Unusable
from clew.ingest.wires.instants import effective, micros_of, parsed, shown, skew
from clew.ingest.wires.model import EVENT, Arrival, Why, Wire
from clew.ingest.wires.posthog import PostHog
from clew.ingest.wires.segment import Segment
from clew.ingest.wires.values import EVENT_BYTES, Columns, read_object, text_of, too_deep

FORMATS: Mapping[Wire, Format] = {
    Wire.SEGMENT: Segment(),
    Wire.RUDDERSTACK: Segment(),
    Wire.POSTHOG: PostHog(),
    Wire.CLOUDEVENTS: CloudEvents(),
    Wire.CLEW: Clew(),
    Wire.ACT: Acts(),
}
_PERSONLESS = frozenset({Wire.CLOUDEVENTS, Wire.CLEW, Wire.ACT})  # their events may name things only, as a ticket
_SHOWN = 200
RETRIES = "x-retry-count"


def decode(
    wire: Wire, kind: str, headers: Mapping[str, str] | None, body: bytes, received_at: int, quiet: bool = False
) -> list[Arrival]:
    """Return the events of a body, in its order; never raises for anything a body may hold.

    kind         what the path says of the body: a call as track, batch, structured, binary, ...; `EVENT`: one event
    headers      of a binary CloudEvent; X-Retry-Count of any other
    received_at  microseconds UTC        quiet  history: the sender's times are right, whenever it was sent
    """
    named = {name.lower(): text for name, text in (headers or {}).items()}
    return _Decoding(wire, received_at, quiet).run(kind, named, body)


class _Decoding:
    """The events of one body."""

    def __init__(self, wire: Wire, received_at: int, quiet: bool) -> None:
        self._wire, self._format = wire, FORMATS[wire]
        self._received_at, self._quiet = received_at, quiet
        self._received = shown(received_at)
        self._is_retry = False
        self._made: Counter[str] = Counter()  # ids made so far: equal events of one body are told apart

    def run(self, kind: str, headers: Mapping[str, str], body: bytes) -> list[Arrival]:
        try:
            envelope = self._opened(kind, headers, body)
        except BadBody as fault:
            why = Why.TOO_DEEP if fault.code == "too-deep" else Why.NO_OBJECT
            return [self._unusable(Unusable(why, "", str(fault)), body)]
        self._is_retry = tried(headers) is not None
        sent = parsed(envelope.sent_at)
        return [self._arrival(bytes(raw), envelope, sent) for raw in envelope.events]

    def _opened(self, kind: str, headers: Mapping[str, str], body: bytes) -> Envelope:
        if kind == EVENT and not is_binary(headers):
            return Envelope("", [body])
        return self._format.open(kind, headers, body)

    def _arrival(self, raw: bytes, envelope: Envelope, sent: int | None) -> Arrival:
        try:
            event = self._object(raw, envelope)
            alone = structured(event) if envelope.kind == "binary" else by_itself(raw, event, envelope)
        except Unusable as fault:
            return self._unusable(fault, raw)
        except RecursionError:
            return self._unusable(too_deep(""), raw)
        try:
            told = self._format.read(event, envelope)
            self._check_whose(told.columns)
            at = self._times(told, sent, envelope.sent_at)
        except Unusable as fault:
            return self._unusable(fault, alone)
        except Exception as fault:  # a mistake of ours: this event is parked, the others of its body go on
            return self._unusable(Unusable(Why.CRASHED, "", kind_and_place(fault)), alone)
        told.columns["id"] = told.id or self._made_id(raw, envelope, told)
        return Arrival(told.columns, alone, self._received_at, self._quiet, at=at)

    def _object(self, raw: bytes, envelope: Envelope) -> Mapping[str, Any]:
        if len(raw) > EVENT_BYTES:
            raise Unusable(Why.TOO_LARGE, "", f"{len(raw):,} bytes; an event may have {EVENT_BYTES:,}")
        if envelope.kind == "binary":
            return binary_event(raw, envelope.shared)
        return read_object(raw)

    def _check_whose(self, columns: Columns) -> None:
        if "person" not in columns and "account" not in columns and self._wire not in _PERSONLESS:
            raise Unusable(Why.NO_ID, "", "neither a person nor an account is named")

    def _times(self, told: Told, sent_with_all: int | None, written_with_all: Any) -> int:
        """Write the four times into the columns; return when it happened."""
        columns, received = told.columns, self._received_at
        sent, written = parsed(told.sent), told.sent
        if sent is None:
            sent, written = sent_with_all, written_with_all
        original = micros_of(told.at, told.place)
        if original is not None:
            columns["original_at"] = text_of(told.at)
        elif told.age is not None:
            original = (received if sent is None else sent) - told.age
        corrected = micros_of(told.corrected, "timestamp")
        if written and (isinstance(written, str) or parsed(written) is not None):
            columns["sent_at"] = text_of(written)
        columns["received_at"] = self._received
        if original is None:
            at = received
        elif corrected is not None or sent is None or told.is_exact or self._tells_no_clock(sent):
            at = effective(original if corrected is None else corrected, None, received)
        else:
            at = effective(original, sent, received)
            columns["clock_skew"] = skew(sent, received)
        columns["at"] = shown(at)
        return at

    def _tells_no_clock(self, sent: int) -> bool:
        """Whether what lies between being sent and being received may be something else than a wrong clock.

        Some clients that try again still say when they sent first; then they waited. Who sends after it was received
        has a clock that is ahead, however often it tried.
        """
        return self._quiet or (self._is_retry and sent <= self._received_at)

    def _made_id(self, raw: bytes, envelope: Envelope, told: Told) -> str:
        """Make an id from the content: the same body sent again holds the same events.

        Without a time of its own an event is told apart from an equal one of another hour, or all would be one.
        """
        hour = "" if "original_at" in told.columns else str(self._received_at // HOUR_US)
        digest = blake2b(f"{self._wire} {envelope.kind} {hour} ".encode() + raw, digest_size=16).hexdigest()
        self._made[digest] += 1
        return f"made-{digest}" + (f"-{self._made[digest]}" if self._made[digest] > 1 else "")

    def _unusable(self, fault: Unusable, raw: bytes) -> Arrival:
        place, detail = _printable(fault.place), _printable(fault.detail)
        return Arrival(None, raw, self._received_at, self._quiet, fault.why, place, detail)


def tried(headers: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Return of the headers of a body how often it was tried before; None where it was not."""
    told = (headers or {}).get(RETRIES, "0")
    return None if told in ("", "0") else {RETRIES: told}


def _printable(text: str) -> str:
    shortened = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in shortened)
