"""Invented names. Domains end in .example, which belongs to nobody; free-mail addresses say that they are samples."""

from __future__ import annotations

FIRST_PART = (
    "Alder Amber Ash Birch Bracken Brook Cedar Clay Copper Dale Ember Fallow Fern Field Flint Garnet Glen Hazel Heath "
    "Holm Iron Juniper Larch Linden Marl Mead Moor Oak Peat Quarry Reed Ridge Rowan Sable Slate Tarn Thorn Umber Vale"
).split()
SECOND_PART = (
    "bridge brook burn castle croft dale field ford gate haven hurst ley mark mere mill moor mouth ridge stead stone "
    "thorpe ton wick wood worth"
).split()
INDUSTRIES = ("Food", "Chemicals", "Machinery", "Packaging", "Pharma")
TRADES = ("Foods", "Coatings", "Machines", "Packaging", "Labs")
FORMS = ("GmbH", "AG", "BV", "SAS", "AB", "& Co")
COUNTRIES = ("DE", "DE", "DE", "NL", "FR", "SE", "AT", "CH", "BE")
GIVEN = (
    "Ada Aino Anke Arvid Bela Carla Dario Edda Emil Femke Gesa Hanno Ilse Ivo Jette Joris Kaja Lasse Lene Malte Mira "
    "Nils Noor Ole Petra Quirin Rena Sem Silje Tilda Ulf Vera Wim Yara"
).split()
FAMILY = (
    "Abelsen Anker Barlund Bosch-Reyn Castell Dornbach Ekwall Fabri Grotmark Hallvik Immerding Jonker Kallweit Lundmar "
    "Maasbergen Nordling Ostermoor Palinski Quast Rietfeld Sandholt Tervoort Uhlbrand Vossmark Wendrath Zabel"
).split()

TEAMS = (
    "marketing",
    "sales",
    "onboarding",
    "engineering",
    "first-line",
    "second-line",
    "account-management",
    "finance",
)
MARKETING, SALES, ONBOARDING, ENGINEERING, FIRST_LINE, SECOND_LINE, MANAGEMENT, FINANCE = range(8)
CHANNELS = ("email", "call", "meeting", "portal", "web")
EMAIL, CALL, MEETING, PORTAL, WEB = range(5)

USERS = (  # people of the firm, by team: three a team
    *("Lene Abelsen", "Wim Sandholt", "Rena Bosch-Reyn"),
    *("Carla Nordling", "Hanno Zabel", "Noor Castell"),
    *("Aino Maasbergen", "Emil Quast", "Tilda Jonker"),
    *("Ivo Barlund", "Vera Dornbach", "Dario Kallweit"),
    *("Kaja Immerding", "Ole Vossmark", "Yara Lundmar"),
    *("Quirin Abelsen", "Edda Tervoort", "Bela Fabri"),
    *("Malte Ostermoor", "Silje Rietfeld", "Femke Hallvik"),
    *("Petra Uhlbrand", "Nils Ekwall", "Ada Wendrath"),
)
A_TEAM = 3
