"""All that is known of a person: handed out, or erased. The person stands in the body, never in an address."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from clew.access.model import Permission
from clew.web.endpoint import Endpoint
from clew.web.signing_in.reading import read

if TYPE_CHECKING:
    from starlette.responses import Response

    from clew.web.request import Asked

PATH = "/v1/persons"


class Person(msgspec.Struct, forbid_unknown_fields=True):
    """Whom: identifier or e-mail address of a contact."""

    person: str


def export(asked: Asked) -> Response:
    """Hand out all that is known; that it was handed out is noted first."""
    from clew.ingest.erasure import UnknownPerson
    from clew.live.dossier import counts_of, is_unknown, numbers_of, whole_dossier

    person = read(asked, Person).person
    told = whole_dossier(asked.parts.store, asked.parts.database, person)
    if is_unknown(told):
        raise UnknownPerson(f"nobody is known as '{person}'; give the identifier or e-mail address of a contact")
    asked.note_read(numbers_of(told), action="export", **counts_of(told))
    return asked.answer(told)


def erase(asked: Asked) -> Response:
    """Erase a person; begin and end stand in the audit log, so that one which was stopped half-way shows."""
    from clew.accounts.persons import open_persons
    from clew.diagnosis.watching.stored import forget_names
    from clew.live.dossier import named
    from clew.live.erasure.actions import erase_everywhere
    from clew.live.keeping.holding import COMMAND
    from clew.workspace.workspace import open_workspace

    person = read(asked, Person).person
    with open_persons(asked.parts.store) as persons:
        whom = named([record.surrogate for record in persons.find(person)])
    with asked.change("begin erasure", whom):
        pass
    forget_names(asked.parts.store)
    parts, owner = asked.parts, f"{COMMAND}{uuid4()}"
    erased = erase_everywhere(open_workspace(parts.folder), parts.database, person, clock=parts.now, owner=owner)
    with asked.change("erase", whom, **erased.told()):
        pass
    return asked.answer(erased.told(), status=201)


ENDPOINTS = (
    Endpoint(PATH + "/exports", ("POST",), Permission.ERASE, export),
    Endpoint(PATH + "/erasures", ("POST",), Permission.ERASE, erase),
)
