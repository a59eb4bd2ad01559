"""All that is known of a person: handed out, or erased. The person stands in the body, never in an address."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

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
    from clew.ingest.erasure import erase_person
    from clew.live.dossier import named

    person = read(asked, Person).person
    with open_persons(asked.parts.store) as persons:
        whom = named([record.surrogate for record in persons.find(person)])
    with asked.change("begin erasure", whom):
        pass
    forget_names(asked.parts.store)
    erased = erase_person(asked.parts.folder, person)
    with asked.change("erase", whom, **asdict(erased)):
        pass
    return asked.answer(asdict(erased), status=201)


ENDPOINTS = (
    Endpoint(PATH + "/exports", ("POST",), Permission.ERASE, export),
    Endpoint(PATH + "/erasures", ("POST",), Permission.ERASE, erase),
)
