"""What a page says of each wire format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clew.ingest.wires.model import Wire
from clew.texts import N_


@dataclass(frozen=True)
class WirePage:
    """One way to send events; its words are translated where they are shown.

    title  as its users call it      suits  who takes it      clients  N_("clients of Segment send")
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
            N_("your product or site has a Segment library already: change key and host"),
            N_("clients of Segment send"),
        ),
        WirePage(
            Wire.RUDDERSTACK,
            "RudderStack",
            N_("a RudderStack library sends events: change its data plane"),
            N_("clients of RudderStack send"),
        ),
        WirePage(
            Wire.POSTHOG,
            "PostHog",
            N_("a PostHog library sends events: change key and host"),
            N_("clients of PostHog send"),
        ),
        WirePage(
            Wire.CLOUDEVENTS, "CloudEvents", N_("your services speak CloudEvents over HTTP"), N_("speaks CloudEvents")
        ),
        WirePage(
            Wire.CLEW,
            N_("Clew's own JSON"),
            N_("nothing is there yet: a few lines from any language, or curl"),
            N_("is sent in Clew's own form"),
        ),
    )
}
