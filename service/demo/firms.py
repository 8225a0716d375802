"""The firms of the example world that hold certificates; every one is invented."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firm:
    """A holder; `scope` and `codes` are what a management-system certificate says of it.

    `personnel` is its effective number of people, which decides how long an audit takes.
    """

    name: str
    country: str
    town: str
    address: str
    scope: str
    codes: tuple[int, ...]
    id: str | None = None
    personnel: int = 40

    @property
    def holder(self) -> Mapping[str, str]:
        """The firm as a certificate names its holder."""
        named = {"name": self.name, "country": self.country, "address": self.address}
        return named | ({"id": self.id} if self.id else {})

    @property
    def site(self) -> Mapping[str, str]:
        """The firm's one place, as a site in a scope."""
        return {"name": self.town, "country": self.country}


HARROW = Firm(
    "Harrow Cables Ltd", "GB", "Larkmere", "4 Mill Lane, Larkmere LK1 4AB",
    "Design and manufacture of power and control cables", (17, 19), "lei:529900T8BM49AURSDO55",
)  # fmt: skip
GRUENFELDER = Firm(
    "Grünfelder Kabeltechnik GmbH", "DE", "Neuwalden", "Lindenweg 12, 00417 Neuwalden",
    "Entwicklung und Fertigung von Steuerleitungen", (19,),
)  # fmt: skip
LIGHTHOUSE = Firm(
    "灯台計器株式会社", "JP", "潮凪市", "潮凪市港町3-7",
    "電気計測器の設計及び製造", (19,),
)  # fmt: skip
OASIS = Firm(
    "شركة واحة النجم للكابلات", "AE", "مدينة السراب", "المنطقة الصناعية 7، مدينة السراب",
    "تصميم وتصنيع كابلات الطاقة", (19,),
)  # fmt: skip
KOWHAI = Firm(
    "Kōwhai Pump & Valve Ltd", "NZ", "Port Amberley", "18 Harbour Terrace, Port Amberley",
    "Manufacture of pumps and valves", (18,),
)  # fmt: skip
DUNHOLT = Firm(
    "Dunholt Castings Ltd", "GB", "Dunholt", "Foundry Row, Dunholt DH3 2QT",
    "Manufacture of iron and steel castings", (17,),
)  # fmt: skip
BREVENT = Firm(
    "Brévent-Aubrac Robinetterie SAS", "FR", "Valserine-le-Haut", "8 rue des Tanneurs, Valserine",
    "Conception et fabrication de robinets industriels", (18,),
)  # fmt: skip
SAFFRONVALE = Firm(
    "Saffronvale Switchgear Pvt. Ltd.", "IN", "Mandarpur", "Plot 41, Sector 9, Mandarpur",
    "Manufacture of low-voltage switchgear", (19,),
)  # fmt: skip
BRACKWATER = Firm(
    "Brackwater Builders Ltd", "GB", "Brackwater", "2 Quay Street, Brackwater BW7 1NE",
    "Construction of buildings and bridges", (28,),
)  # fmt: skip
FJELLVIK = Firm(
    "Fjellvik Elektronikk AS", "NO", "Fjellvik", "Havnegata 5, Fjellvik",
    "Manufacture of printed circuit boards", (19,),
)  # fmt: skip
TIDEWELL = Firm(
    "Tidewell Hosting Ltd", "GB", "Larkmere", "Exchange House, Larkmere LK2 8DD",
    "Cloud hosting and data centre services", (33,),
)  # fmt: skip
PINEHOLLOW = Firm(
    "Pinehollow Fasteners Inc.", "CA", "Pinehollow", "610 Sawmill Road, Pinehollow ON",
    "Manufacture of bolts, screws and nuts", (17,),
)  # fmt: skip
THORNMERE = Firm(
    "Thornmere Laboratories Ltd", "NZ", "Thornmere", "3 Beaker Street, Thornmere",
    "Testing of materials", (34,),
)  # fmt: skip
QUIETWATER = Firm(
    "Quietwater Clinics Ltd", "GB", "Quietwater", "1 Spa Road, Quietwater QW1 1AA",
    "Outpatient medical care", (38,),
)  # fmt: skip
WICKFEN = Firm(
    "Wickfen Lighting Ltd", "GB", "Wickfen", "77 Lantern Street, Wickfen WF4 6HG",
    "Design and manufacture of LED lighting", (19,),
)  # fmt: skip
LIFTCARE = Firm(
    "Larkmere Lift Care Ltd", "GB", "Larkmere", "9 Station Road, Larkmere LK1 9ZZ",
    "Maintenance of lifts and escalators", (18,),
)  # fmt: skip
