"""Invented names. Domains end in .example, which belongs to nobody; free-mail addresses say that they are samples."""

from __future__ import annotations

from random import Random

_FIRST_PART = (
    "Alder Amber Ash Birch Bracken Brook Cedar Clay Copper Dale Ember Fallow Fern Field Flint Garnet Glen Hazel Heath "
    "Holm Iron Juniper Larch Linden Marl Mead Moor Oak Peat Quarry Reed Ridge Rowan Sable Slate Tarn Thorn Umber Vale"
).split()
_SECOND_PART = (
    "bridge brook burn castle croft dale field ford gate haven hurst ley mark mere mill moor mouth ridge stead stone "
    "thorpe ton wick wood worth"
).split()
_TRADES = {
    "Food": ("Foods", "Dairy", "Bakery", "Beverages"),
    "Chemicals": ("Coatings", "Resins", "Chemicals"),
    "Machinery": ("Machines", "Gears", "Tooling"),
    "Packaging": ("Packaging", "Cartons", "Films"),
    "Pharma": ("Labs", "Pharma", "Biologics"),
}
_COMPANY_FORMS = ("GmbH", "AG", "BV", "SAS", "AB", "& Co")
_GIVEN = (
    "Ada Aino Anke Arvid Bela Carla Dario Edda Emil Femke Gesa Hanno Ilse Ivo Jette Joris Kaja Lasse Lene Malte Mira "
    "Nils Noor Ole Petra Quirin Rena Sem Silje Tilda Ulf Vera Wim Yara"
).split()
_FAMILY = (
    "Abelsen Anker Barlund Bosch-Reyn Castell Dornbach Ekwall Fabri Grotmark Hallvik Immerding Jonker Kallweit Lundmar "
    "Maasbergen Nordling Ostermoor Palinski Quast Rietfeld Sandholt Tervoort Uhlbrand Vossmark Wendrath Zabel"
).split()

INDUSTRIES = tuple(_TRADES)
COUNTRIES = ("DE", "DE", "DE", "NL", "FR", "SE", "AT", "CH", "BE")


def company(rng: Random, industry: str, taken: set[str]) -> tuple[str, str]:
    """Return (name, domain) of a firm that is not taken yet, and take it."""
    stem = rng.choice(_FIRST_PART) + rng.choice(_SECOND_PART)
    while stem in taken:
        stem = rng.choice(_FIRST_PART) + stem.lower()
    taken.add(stem)
    return f"{stem} {rng.choice(_TRADES[industry])} {rng.choice(_COMPANY_FORMS)}", f"{stem.lower()}.example"


def person(rng: Random) -> str:
    return f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"


def address(name: str, domain: str) -> str:
    given, family = name.lower().split(" ", 1)
    return f"{given}.{family}@{domain}"


def free_mail(number: int) -> str:
    return f"clew-sample-{number:04d}@gmail.com"
