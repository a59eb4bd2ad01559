"""What each permission lets somebody do, as pages say it."""

from __future__ import annotations

from collections.abc import Mapping

from clew.access.model import Permission

MAY: Mapping[Permission, str] = {
    Permission.SEE: "see journeys, totals and how the system stands",
    Permission.SEE_ACCOUNTS: "see runs and events of single accounts, without persons",
    Permission.SEE_PERSONS: "see names and addresses of contacts",
    Permission.SEE_BODIES: "read what was written in messages in which you take part",
    Permission.ACT: "act on accounts",
    Permission.EDIT_JOURNEYS: "change journeys and publish them",
    Permission.CONNECT: "connect sources, make write keys, see what arrives, mend what was rejected",
    Permission.RUN_SQL: "write sources that are a SELECT, or read files outside the workspace",
    Permission.ADMINISTER: "let people in, give roles, end keys, set up and back up",
    Permission.ERASE: "export and erase all that is known of a person",
    Permission.AUDIT: "read the audit log",
}
