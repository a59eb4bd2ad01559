"""Words in the names of columns that say what a column holds, in the order in which they convince."""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in " ".join(text.split()).split(","))


ACTIVITY = _listed("activity, event, concept name, event type, event name, action, milestone, what, step")
STATUS = _listed("status, stage, state, phase, disposition")
SUB_STATUS = _listed("substatus, sub status, transition, lifecycle, substage, detail, sub state, reason")
ACCOUNT = _listed(
    """account, company, organisation, organization, firm, client, customer, tenant, seller, merchant, vendor, supplier,
    partner, subscriber, shop, store, kunde, firma"""
)
NO_ACCOUNT = _listed(
    """country, city, region, type, size, status, segment, industry, line, role, group, involved, zip, age, gender,
    birth, phone, satisfaction, rating, manager, owner, code, date, response, has, is, state, since, count, score,
    tier, plan, language"""
)
CASE = _listed(
    """case, ticket, incident, order, deal, opportunity, lead, mql, contract, request, claim, application, subscription,
    project, invoice, booking, policy, loan, session, trace, issue, auftrag, vorgang"""
)
TEAM = _listed("team, group, department, dept, queue, desk, unit, division, squad, abteilung")
BY = _listed(
    """agent, owner, assignee, assigned to, resource, user, rep, sdr, sr, employee, handler, resolver, csm, operator,
    worker, created by, updated by, by, bearbeiter"""
)
NO_PERSON = _listed("country, city, region, role, type, count, team, department, group, company, account, office")
CHANNEL = _listed("channel, medium, origin, via, source, kanal")
VALUE = _listed("amount, price, revenue, value, total, mrr, arr, acv, tcv, sum, cost, fee, betrag, umsatz, wert, preis")
SCORE = _listed("nps, csat, ces, score, rating, satisfaction, stars")
SEQUENCE = _listed("index, sequence, seq, step no, position, row, nr, no, number, order")
PLANNED = _listed(
    """estimated, expected, due, deadline, planned, promised, limit, target, renewal, expiry, expires, valid, until,
    eta, forecast, next, birth, dob, birthday, scheduled"""
)
PERSONAL = _listed("age, gender, birth, dob, address, street, phone, mobile, ssn, passport, iban")
ID = _listed("id, key, uuid, guid, code, number, no, nr, ref, reference")
RUNNING = _listed("row, index, unnamed, column")
PERSON_OUTSIDE = _listed("customer, client, contact, person, passenger, patient, first, last, full, kunde")
GOOD_END = _listed(
    """won, win, closed, close, completed, complete, delivered, resolved, resolution, paid, done, finished, signed,
    success, fulfilled, in call, abgeschlossen, erledigt, gelöst, bezahlt, geliefert"""
)
BAD_END = _listed(
    """lost, cancelled, canceled, cancel, cancellation, rejected, failed, churned, churn, abandoned, expired, declined,
    withdrawn, terminated, storniert"""
)
WAITING = _listed("wait, waiting, pending, awaiting, on hold, hold")
CUSTOMER = _listed("customer, user, client, kunde, reporter, requester")
THIRD_PARTY = _listed("vendor, supplier, carrier, partner, third party, provider")
