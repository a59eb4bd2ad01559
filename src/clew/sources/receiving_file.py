"""The file of a source that receives, with everything that one may want to change beside what holds without it."""

from __future__ import annotations

from collections.abc import Mapping

_INTRODUCED: Mapping[str, str] = {
    "segment": "Events in Segment's form: its own libraries, or any tool that sends to Segment.",
    "rudderstack": "Events in RudderStack's form: its own libraries, or any tool that sends to RudderStack.",
    "posthog": "Events in PostHog's form: its own libraries.",
    "cloudevents": "CloudEvents over HTTP: structured, batched or binary.",
    "clew": 'Events in Clew\'s own form: {"events": [{"id": …, "event": …, "at": …, "account": …}]}.',
}

_TOLD: Mapping[str, str] = {
    "segment": "the account is groupId, context.groupId or properties.groupId; the person userId, else anonymousId",
    "rudderstack": "the account is groupId, context.groupId or properties.groupId; the person userId, else anonymousId",
    "posthog": "the account is the group of type company, or the only group; the person is distinct_id",
    "cloudevents": "account and person are the extensions or data fields `account` and `contact`",
    "clew": "account and person are the fields `account` and `contact`",
}

_SUBJECT: Mapping[str, str] = {"clew": "{ticket: subjects.ticket}"}
_LINKS: Mapping[str, str] = {"clew": "[{contact: person, account: group}, {account: account, crm: links.crm}]"}


def default_file(name: str, wire: str) -> str:
    """Return the text of sources/NAME.yaml for a source that receives this wire format; `clew check` accepts it."""
    links = _LINKS.get(wire, "[{contact: person, account: group}, {account: account, crm: traits.crm_id}]")
    return f"""\
# {name}: {_INTRODUCED[wire]}
# This one line is enough: {_TOLD[wire]}.
receives: {wire}

# What holds without being written, to be changed where it does not fit. Columns are those of the event brought to one
# form for all tools; a name that is none of them is a property: `amount` is properties.amount.
#
# account: {{account: account}}                    # kind: column; other sources that speak of it use the same kind
# contact: {{id: person, email: email, name: name, role: role}}
# events:                                         # pages are "page viewed", screens "screen viewed"
#   - {{event: "{{event}}", at: at, value: value, when: {{type: {{in: [track, page, screen]}}}}}}
# attributes:                                     # of the account, from when they were said
#   plan: {{column: account.plan, at: at}}
# subjects: {_SUBJECT.get(wire, "{ticket: ticket_id}")}                 # things of the account with their own journeys
# links: {links}
# properties: [plan, amount]                      # absent: all of them
# personal: [note]                                # to the person store only; addresses and names go there anyway
"""
