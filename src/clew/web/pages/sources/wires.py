"""What a page says of each wire format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clew.ingest.wires.model import Wire


@dataclass(frozen=True)
class WirePage:
    """One way to send events.

    title  as its users call it      suits  who takes it      clients  "clients of Segment send"
    """

    wire: Wire
    title: str
    suits: str
    clients: str


WIRES: Mapping[str, WirePage] = {
    page.wire.value: page
    for page in (
        WirePage(
            Wire.SEGMENT,
            "Segment",
            "your product or site has a Segment library already: change key and host",
            "clients of Segment send",
        ),
        WirePage(
            Wire.RUDDERSTACK,
            "RudderStack",
            "a RudderStack library sends events: change its data plane",
            "clients of RudderStack send",
        ),
        WirePage(
            Wire.POSTHOG, "PostHog", "a PostHog library sends events: change key and host", "clients of PostHog send"
        ),
        WirePage(Wire.CLOUDEVENTS, "CloudEvents", "your services speak CloudEvents over HTTP", "speaks CloudEvents"),
        WirePage(
            Wire.CLEW,
            "Clew's own JSON",
            "nothing is there yet: a few lines from any language, or curl",
            "is sent in Clew's own form",
        ),
    )
}
