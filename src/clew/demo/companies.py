"""The CRM's list of accounts with the ids that other systems know them by."""

from __future__ import annotations

import numpy as np

from clew.demo.accounts import SEGMENTS, desk_org, tenant
from clew.demo.hours import NEVER
from clew.demo.life import Life
from clew.demo.names import COUNTRIES, FIRST_PART, FORMS, INDUSTRIES, SECOND_PART, TRADES, USERS
from clew.demo.people import DOMAIN
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, moment, number, words

_SECONDS = len(SECOND_PART)
_COMPANY = (
    f"{words(f'stem // {_SECONDS}', FIRST_PART)} || {words(f'stem % {_SECONDS}', SECOND_PART)} || "
    f"CASE WHEN again > 0 THEN ' ' || (again + 1)::VARCHAR ELSE '' END || ' ' || {words('industry', TRADES)} || ' ' || "
    f"{words(f'(stem + industry) % {len(FORMS)}', FORMS)}"
)
EXPORT = Export(
    "accounts",
    {
        "account_id": number("A-", "account"),
        "company": _COMPANY,
        "parent_id": number("A-", "parent"),
        "segment": words("segment", SEGMENTS),
        "industry": words("industry", INDUSTRIES),
        "country": words("country", COUNTRIES),
        "employees": "employees",
        "annual_revenue": "revenue",
        "created_on": moment("created", "DATE"),
        "owner": words("manager", USERS),
        "desk_org": number("org-", "org"),
        "tenant": number("tn-", "tenant"),
        "domain": DOMAIN,
    },
    ("row",),
)


def account_table(scene: Scene, life: Life) -> Table:
    accounts = scene.accounts
    customer = life.active < NEVER
    return {
        "account": accounts.index,
        "stem": accounts.stem,
        "again": accounts.again,
        "parent": accounts.parent,
        "segment": accounts.segment,
        "industry": accounts.industry,
        "country": accounts.country,
        "employees": accounts.employees,
        "revenue": accounts.revenue,
        "created": accounts.created,
        "manager": scene.manager,
        "org": np.where(customer, desk_org(accounts.index), -1),
        "tenant": np.where(customer, tenant(accounts.index), -1),
    }
