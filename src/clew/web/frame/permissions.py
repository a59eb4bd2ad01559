"""What each permission lets somebody do, and what roles are called, as pages say it: translated where it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from clew.access.model import Permission
from clew.texts import N_
from clew.texts import gettext as _

MAY: Mapping[Permission, str] = {
    Permission.SEE: N_("see journeys, totals and how the system stands"),
    Permission.SEE_ACCOUNTS: N_("see runs and events of single accounts, without persons"),
    Permission.SEE_PERSONS: N_("see names and addresses of contacts"),
    Permission.SEE_BODIES: N_("read what was written in messages in which you take part"),
    Permission.ACT: N_("act on accounts"),
    Permission.EDIT_JOURNEYS: N_("change journeys and publish them"),
    Permission.CONNECT: N_("connect sources, make write keys, see what arrives, mend what was rejected"),
    Permission.RUN_SQL: N_("write sources that are a SELECT, or read files outside the workspace"),
    Permission.ADMINISTER: N_("let people in, give roles, end keys, set up and back up"),
    Permission.ERASE: N_("export and erase all that is known of a person"),
    Permission.AUDIT: N_("read the audit log"),
}
ROLES = (N_("viewer"), N_("member"), N_("journey owner"), N_("admin"))
NAMES = (
    N_("see"),
    N_("see accounts"),
    N_("see persons"),
    N_("see bodies"),
    N_("act"),
    N_("edit journeys"),
    N_("connect"),
    N_("run sql"),
    N_("administer"),
    N_("erase"),
    N_("audit"),
)


KEYS_MAY = (N_("events"), N_("backfill"), N_("upload"))


def named(scopes: Iterable[str]) -> str:
    """Name permissions, or what a key may send, one after the other."""
    return ", ".join(_(str(one)) for one in sorted(scopes))
