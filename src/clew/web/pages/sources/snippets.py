"""What to paste into a tool, with the real address and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clew.ingest.wires.model import Wire

NO_KEY = "YOUR_WRITE_KEY"


@dataclass(frozen=True)
class Snippet:
    """One piece of code.

    name  language or tool           needs  what is installed first, "" where nothing
    """

    name: str
    code: str
    needs: str = ""


def snippets(wire: str, address: str, key: str) -> Sequence[Snippet]:
    """Return the snippets of a wire, curl first: it shows whether anything arrives at all.

    address  of this Clew, without a slash at the end     key  "" where it is not known any more
    """
    return _OF[Wire(wire)](address, key or NO_KEY) if wire in set(Wire) else ()


def upload_snippets(source: str, address: str, key: str) -> Sequence[Snippet]:
    """Return the way to send an export to a source that reads files; arguments as in `snippets`."""
    url = f"{address}/v1/sources/{source}/upload?name=export.csv"
    return [Snippet("curl", f"curl -X POST -T export.csv -H 'Authorization: Bearer {key or NO_KEY}' \\\n  '{url}'")]


def _segment(address: str, key: str) -> list[Snippet]:
    return [
        Snippet("curl", _curl(f"{address}/v1/track", f"-u {key}:", _TRACK)),
        Snippet(
            "Python",
            f'import segment.analytics as analytics\n\nanalytics.write_key = "{key}"\nanalytics.host = "{address}"\n'
            'analytics.identify("P-17", {"email": "anna@customer.example"})\n'
            'analytics.group("P-17", "A-000012", {"name": "Customer Ltd"})\n'
            'analytics.track("P-17", "report exported", {"pages": 3})\nanalytics.flush()',
            "pip install segment-analytics-python",
        ),
        Snippet(
            "Node",
            'import { Analytics } from "@segment/analytics-node";\n\n'
            f'const analytics = new Analytics({{ writeKey: "{key}", host: "{address}" }});\n'
            'analytics.group({ userId: "P-17", groupId: "A-000012", traits: { name: "Customer Ltd" } });\n'
            'analytics.track({ userId: "P-17", event: "report exported", properties: { pages: 3 } });\n'
            "await analytics.closeAndFlush();",
            "npm install @segment/analytics-node",
        ),
    ]


def _rudderstack(address: str, key: str) -> list[Snippet]:
    return [
        Snippet("curl", _curl(f"{address}/v1/track", f"-u {key}:", _TRACK)),
        Snippet(
            "Python",
            f'import rudderstack.analytics as analytics\n\nanalytics.write_key = "{key}"\n'
            f'analytics.dataPlaneUrl = "{address}"\n'
            'analytics.group("P-17", "A-000012", {"name": "Customer Ltd"})\n'
            'analytics.track("P-17", "report exported", {"pages": 3})\nanalytics.flush()',
            "pip install rudder-sdk-python",
        ),
        Snippet(
            "Node",
            'import Analytics from "@rudderstack/rudder-sdk-node";\n\n'
            f'const analytics = new Analytics("{key}", {{ dataPlaneUrl: "{address}" }});\n'
            'analytics.group({ userId: "P-17", groupId: "A-000012" });\n'
            'analytics.track({ userId: "P-17", event: "report exported", properties: { pages: 3 } });\n'
            "analytics.flush();",
            "npm install @rudderstack/rudder-sdk-node",
        ),
    ]


def _posthog(address: str, key: str) -> list[Snippet]:
    event = (
        f'{{"api_key": "{key}", "event": "report exported", "distinct_id": "P-17",\n'
        '     "properties": {"pages": 3, "$groups": {"company": "A-000012"}}}'
    )
    return [
        Snippet("curl", _curl(f"{address}/capture/", "", event)),
        Snippet(
            "Python",
            f'from posthog import Posthog\n\nposthog = Posthog("{key}", host="{address}")\n'
            'posthog.capture("report exported", distinct_id="P-17",\n'
            '                properties={"pages": 3}, groups={"company": "A-000012"})\nposthog.flush()',
            "pip install posthog",
        ),
        Snippet(
            "Node",
            'import { PostHog } from "posthog-node";\n\n'
            f'const posthog = new PostHog("{key}", {{ host: "{address}" }});\n'
            'posthog.capture({ distinctId: "P-17", event: "report exported", groups: { company: "A-000012" } });\n'
            "await posthog.shutdown();",
            "npm install posthog-node",
        ),
    ]


def _cloudevents(address: str, key: str) -> list[Snippet]:
    event = (
        '{"specversion": "1.0", "id": "e-1", "source": "/billing", "type": "invoice paid",\n'
        '     "subject": "A-000012", "data": {"amount": 120.5}}'
    )
    header = f"-H 'Authorization: Bearer {key}'"
    return [
        Snippet("curl", _curl(f"{address}/v1/cloudevents", header, event, "application/cloudevents+json")),
        Snippet(
            "Python",
            "import requests\nfrom cloudevents.http import CloudEvent, to_structured\n\n"
            'event = CloudEvent({"type": "invoice paid", "source": "/billing", "subject": "A-000012"},\n'
            '                   {"amount": 120.5})\nheaders, body = to_structured(event)\n'
            f'headers["Authorization"] = "Bearer {key}"\n'
            f'requests.post("{address}/v1/cloudevents", data=body, headers=headers).raise_for_status()',
            "pip install 'cloudevents<2' requests",
        ),
    ]


def _clew(address: str, key: str) -> list[Snippet]:
    event = (
        '{"events": [{"id": "e-1", "event": "ticket opened", "at": "2026-11-22T09:30:00Z",\n'
        '     "account": "A-000012", "properties": {"topic": "wrong schedule"}}]}'
    )
    header = f"-H 'Authorization: Bearer {key}'"
    return [
        Snippet("curl", _curl(f"{address}/v1/events", header, event)),
        Snippet(
            "Python",
            "import json\nfrom urllib.request import Request, urlopen\n\n"
            'events = [{"id": "e-1", "event": "ticket opened", "at": "2026-11-22T09:30:00Z", "account": "A-000012"}]\n'
            f'urlopen(Request("{address}/v1/events", json.dumps({{"events": events}}).encode(),\n'
            f'                {{"Authorization": "Bearer {key}", "Content-Type": "application/json"}}))',
        ),
    ]


_TRACK = (
    '{"userId": "P-17", "event": "report exported", "properties": {"pages": 3},\n'
    '     "context": {"groupId": "A-000012"}}'
)


def _curl(url: str, credentials: str, body: str, media_type: str = "application/json") -> str:
    given = f" {credentials} \\\n  " if credentials else " "
    return f"curl {url}{given}-H 'Content-Type: {media_type}' \\\n  -d '{body}'"


_OF: Mapping[Wire, Callable[[str, str], list[Snippet]]] = {
    Wire.SEGMENT: _segment,
    Wire.RUDDERSTACK: _rudderstack,
    Wire.POSTHOG: _posthog,
    Wire.CLOUDEVENTS: _cloudevents,
    Wire.CLEW: _clew,
}
