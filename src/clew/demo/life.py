"""The life of each account of a chunk: the moments on which all its records depend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.demo.contracts import Term, cut, ended_by, make_terms
from clew.demo.deals import Deals, make_deals
from clew.demo.dice import Floats, Ints
from clew.demo.hours import NEVER, later
from clew.demo.onboarding import Onboarding, make_onboarding
from clew.demo.plants.expansion import Outreach, outreach
from clew.demo.plants.frictions import Piles, piled
from clew.demo.plants.silence import Hush, hushed
from clew.demo.scene import Scene
from clew.demo.usage import ready_at, rhythm_of


@dataclass(frozen=True)
class Life:
    """(n,) each; NEVER where something does not happen.

    signed     first signature, inside the exports or before      active   from when on the product is used
    cancelled  when it said that it leaves                        leaves   last day of its last term
    complains  when it says loudly what is wrong                  ready    when it became ready for more
    hush, piles, outreach  what is planted of silence, small frictions and expansion
    """

    deals: Deals
    onboarding: Onboarding
    terms: list[Term]
    signed: Ints
    active: Ints
    cancelled: Ints
    leaves: Ints
    rhythm: Floats
    hush: Hush
    complains: Ints
    piles: Piles
    ready_use: Ints
    ready: Ints
    outreach: Outreach


def make_life(scene: Scene) -> Life:
    deals = make_deals(scene)
    onboarding = make_onboarding(scene, deals)
    prior = scene.accounts.prior
    terms = make_terms(scene, deals.won)
    active = np.where(prior, scene.start, onboarding.live)
    active = np.where(active < scene.end, active, NEVER)
    rhythm = rhythm_of(scene)
    cancelled, _ = ended_by(terms, scene.end)
    hush = hushed(scene, active, rhythm, _last_decision(terms, scene.end), cancelled)
    terms = cut(terms, hush.cancelled)
    cancelled, leaves = ended_by(terms, scene.end)
    complains = _complaint(scene, cancelled, hush, active)
    calm = (complains == NEVER) & (hush.begins == NEVER)
    ready_use, ready = ready_at(scene, active, cancelled, rhythm, hush)
    return Life(
        deals=deals,
        onboarding=onboarding,
        terms=terms,
        signed=np.minimum(scene.accounts.since, deals.won),
        active=active,
        cancelled=cancelled,
        leaves=leaves,
        rhythm=rhythm,
        hush=hush,
        complains=complains,
        piles=piled(scene, active, cancelled, calm),
        ready_use=ready_use,
        ready=ready,
        outreach=outreach(scene, ready, cancelled),
    )


def _last_decision(terms: list[Term], end: int) -> Ints:
    decided = [np.where((term.decided < end) & term.renews, term.decided, -1) for term in terms]
    last = np.max(decided, axis=0)
    return np.where(last >= 0, last, NEVER)


def _complaint(scene: Scene, cancelled: Ints, hush: Hush, active: Ints) -> Ints:
    """Those who leave complain weeks before, but for the silent ones; of the others one in twenty does some day."""
    dice = scene.dice
    warned = later(cancelled, -dice.between("complains before", 20, 130))
    warned = np.where((cancelled < NEVER) & (hush.begins == NEVER) & dice.chance("warns", 0.93), warned, NEVER)
    someday = active + (dice.uniform("someday") * np.maximum(scene.end - active, 0)).astype(np.int64)
    grumbles = (cancelled == NEVER) & (hush.begins == NEVER) & (active < NEVER) & dice.chance("grumbles", 0.05)
    return np.where(grumbles, someday, np.where(warned > scene.start, warned, NEVER))
