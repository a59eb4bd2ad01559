"""The words in which acts of people stand in the log where the firm has none of its own for them.

Events and properties of the built-in source. Where meanings.yaml or a journey's handoff names an event, acts bear that
name instead (`clew.acts.vocabulary`), and who reads them reads both: one event is never two.
"""

from __future__ import annotations

SOURCE = "clew"  # name of the built-in source; no file may bear it

# Events.
PROMISE_MADE, PROMISE_KEPT, PROMISE_RELEASED = "promise made", "promise kept", "promise released"
QUESTION_ASKED, ANSWER_GIVEN, STATEMENT_MADE = "question asked", "answer given", "statement made"
HANDOFF_SENT, HANDOFF_ACCEPTED, HANDOFF_RETURNED = "handoff sent", "handoff accepted", "handoff returned"
ROLE_GIVEN, ROLE_ENDED = "role given", "role ended"
NOTED = "note taken"  # a touch that bears no name of its own

# Properties; days as 2026-03-04.
PROMISE_ID = "promise_id"
DUE_ON = "due_on"  # day on which a promise is due
TOPIC = "topic"
SAYS = "says"  # what was promised, answered, told
HANDOFF = "handoff"  # id of the handoff as `clew.context.model.Handoff`; of a first sending without its last part
REASON = "reason"  # why a promise was released, a handoff returned
PACKET = "packet: "  # before the name of a part of a handoff's packet
ROLE = "committee_role"  # of clew.context.roles; "role" is what a source says of a person, wherever it comes from
SINCE, UNTIL = "since", "until"  # days from and up to which a role holds; absent: from and up to the event
COMMITMENTS = (PROMISE_MADE, PROMISE_KEPT, PROMISE_RELEASED)
HANDOFFS = (HANDOFF_SENT, HANDOFF_ACCEPTED, HANDOFF_RETURNED)
ROLES = (ROLE_GIVEN, ROLE_ENDED)
DEFAULTS = (*COMMITMENTS, QUESTION_ASKED, ANSWER_GIVEN, STATEMENT_MADE, *HANDOFFS, *ROLES, NOTED)
"""Every event of this vocabulary."""
