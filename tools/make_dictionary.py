"""Writes `dictionary_v1.bin`, the preset dictionary with which certificate tokens are packed.

Run once, then frozen: codes on paper must unpack for as long as paper lasts, so a changed
dictionary needs a new version byte (design.md section 4.1). What a match costs grows with its
distance from the end, so rare words come first and what every certificate says comes last. Nothing
is taken from the certificates that `bench/qr_sizes.py` measures.
"""

from pathlib import Path

FROZEN = Path(__file__).parents[1] / "service/credential/dictionary_v1.bin"

RARE_CLAIMS = (
    '","previous_expires":"202', '","recert_audit_end":"202', '","supersedes":1,"',
    '"supersedes":2,', ',"transferred_from":{"by":"https://', '"},"office":"',
    ',"mark":{"kind":"certified_product","shape":"', ',"mark":{"kind":"system","shape":"',
    '"displays":["ab_symbol","iaf_mla","global_aci_mra"],', '"displays":["ab_symbol","ilac_mra"],',
    '"prerequisite_for":"', '"languages":{"de":"', '","fr":"', '","es":"', '","it":"', '","zh":"',
    '},"annex":{"url":"https://', '/annex/', '","sha256":"', '"},"holder":{"name":"',
    '","central":true}', '"central":true},{"name":"', '","entity":"', '","linked":"ownership"}',
    '","linked":"contract"}', '","codes":["nace:', '","nace:', '"conditions":"', '"batch":{"lot":"',
    '","serials":[["', '"],["', '"]]},"', ',"family":"', '","revision":"', '","factories":["',
    '{"alg":"EdDSA","kid":"', '"kind":"service","standards":["ISO/IEC 20000-1:2018',
    '"},"service":{"scope":"', '],"scheme":{"id":"',
)  # fmt: skip

STANDARDS = (
    "ISO/IEC 20000-1:2018", "ISO/IEC 27701:2019", "ISO/IEC 42001:2023", "ISO 55001:2014",
    "ISO 28000:2022", "ISO 20121:2012", "ISO 21001:2018", "ISO 37001:2016", "ISO 37301:2021",
    "ISO 39001:2012", "ISO 41001:2018", "ISO 22301:2019", "ISO 22716:2007", "ISO 3834-2:2021",
    "ISO/TS 22163:2017", "IATF 16949:2016", "EN 9100:2018", "AS9100D", "FSSC 22000", "HACCP", "GMP",
    "ISO 22000:2018", "ISO 50001:2018", "ISO 13485:2016", "EN 1090-1:2009+A1:2011", "EN 1090-2",
    "EN 14351-1:2006+A2:2016", "EN 10025-1:2004", "EN 13501-1:2018", "EN 12150-1:2015",
    "EN 197-1:2011", "EN 50575:2014+A1:2016", "EN 54-2:1997", "EN 71-1:2014+A1:2018",
    "EN 71-3:2019", "EN 166:2001", "EN 397:2012", "EN 388:2016", "EN 149:2001+A1:2009",
    "EN ISO 20345:2022", "EN ISO 20471:2013", "EN ISO 12100:2010", "EN ISO 13849-1:2023",
    "EN 55014-1:2021", "EN 55032:2015", "EN 61000-3-2:2019", "EN 61000-6-3", "IEC 61000-4-2",
    "IEC 60601-1:2005", "IEC 60598-1:2020", "IEC 60669-1:2017", "IEC 60884-1:2022",
    "IEC 60898-1:2015", "IEC 60947-2:2016", "IEC 60950-1:2005", "IEC 61010-1:2010",
    "IEC 61215-1:2021", "IEC 61730-1:2023", "IEC 61439-1:2020", "IEC 61508", "IEC 62133-2:2017",
    "IEC 62305", "IEC 62443-4-1:2018", "IEC 60335-2-", "IEC 60335-1:2020", "IEC 60079-0:2017",
    "IEC 60079-1", "IEC 60227", "IEC 60502-1:2021", "IEC 60529:1989", "UL 60335-1", "UL 1741",
    "UL 2054", "UL 508A", "UL 94", "ANSI/", "ASTM F", "CSA C22.2 No. ", "GB 4943.1-2022",
    "GB/T 19001-2016", "BS EN ", "DIN EN ", "NF EN ", "UNE-EN ", "JIS C ", "AS/NZS ", "IS 13252",
    "EN IEC 62368-1:2020+A11:2020", "IEC 62368-1:2018",
)  # fmt: skip

WORDS = (
    # Scopes, in the languages certificates are most often written in.
    "Entwicklung, Herstellung und Vertrieb von ", "Konstruktion und Fertigung von ",
    "Montage und Wartung ", "Handel mit ", "Dienstleistungen", "Metallverarbeitung", "Maschinenbau",
    "Kunststoff", "Conception, fabrication et commercialisation de ", "Prestations de services ",
    "Fourniture et pose de ", "Diseño, fabricación y comercialización de ",
    "Prestación de servicios de ", "Montaje y mantenimiento ",
    "Progettazione, produzione e vendita di ", "Erogazione di servizi di ", "Costruzione di ",
    "Projekt, produkcja i sprzedaż ", "Projeto, fabricação e comercialização de ",
    "hazardous areas", "household and similar ", "low-voltage ", "single-phase ", "three-phase ",
    "stainless steel", "aluminium alloy", "carbon steel", "castings", "forgings", "fasteners",
    "bolts, screws and nuts", "springs", "gears", "valves", "pumps", "compressors", "turbines",
    "boilers", "pressure vessels", "heat exchangers", "pipes and fittings", "hoses",
    "seals and gaskets", "cables", "wires", "connectors", "transformers", "switchgear",
    "circuit breakers", "sockets", "plugs", "lamps", "luminaires", "LED lighting", "batteries",
    "chargers", "power supplies", "inverters", "solar modules", "photovoltaic ", "sensors",
    "printed circuit boards", "semiconductors", "telecommunication ", "network equipment",
    "data centre ", "cloud hosting", "software development", "information security ", "IT services",
    "consulting", "training", "laboratory ", "pharmaceutical ", "cosmetics", "food products",
    "beverages", "packaging materials", "corrugated board", "paper", "printing", "labels",
    "textiles", "garments", "footwear", "protective gloves", "safety helmets", "safety footwear",
    "furniture", "toys", "doors and windows", "glass", "ceramics", "cement", "concrete ",
    "structural steelwork", "roofing", "insulation", "paints and coatings", "adhesives",
    "chemicals", "fertilisers", "petroleum ", "rubber ", "plastic ", "injection moulding",
    "machining", "welding", "sheet metal ", "surface treatment", "heat treatment", "galvanising",
    "automotive ", "aerospace ", "railway ", "shipbuilding", "vehicles", "medical devices",
    "surgical instruments", "orthopaedic implants", "diagnostic ", "dental ", "hospital ",
    "civil engineering", "construction of buildings", "road transport", "freight forwarding",
    "warehousing", "logistics", "waste management", "recycling", "cleaning services",
    "facility management", "security services", "catering", "retail", "wholesale",
    "import and export", "import", "agricultural ", "hydraulic ", "pneumatic ", "electronic ",
    "electrical ", "mechanical ", "industrial ", "precision ", "domestic ", "commercial ",
    "components", "assemblies", "equipment", "machinery", "appliances", "instruments",
    "control systems", "systems", "products", "services", "solutions", "technologies",
    "spare parts", "parts", "tools", "materials", "accessories", "applications", "including ",
    "excluding ", "related ", "for the ", "used in ", " for use in ", " in accordance with ",
    "Provision of ", "Trading of ", "Processing of ", "Production of ",
    "Repair and maintenance of ", "Testing and calibration of ", "Storage and distribution of ",
    "Sale and servicing of ", "Assembly and testing of ", "Supply and installation of ",
    "Installation, commissioning and maintenance of ", "Development, production and sale of ",
    "Design, development, manufacture and supply of ", "Design and development of ",
    "Design, manufacture, installation and servicing of ", "Manufacture of ",
    "The manufacture and distribution of ", "The design and manufacture of ",
    "Manufacture and supply of ", "Manufacturing and sales of ", "Design and manufacture of ",
    # Names and addresses.
    "sp. z o.o.", " a.s.", " s.r.o.", " Kft.", " d.o.o.", " S.R.L.", " S.r.l.", " S.p.A.", " S.A.",
    " S.L.", " SAS", " SARL", " AB", " A/S", " Oy", " AS", " B.V.", " N.V.", " AG",
    " GmbH & Co. KG", " GmbH", " e.V.", " Ltda.", " S.A. de C.V.", " Pty Ltd", " Pvt. Ltd.",
    " Private Limited", " Sdn. Bhd.", " PT ", " Tbk", " K.K.", " LLC", " Inc.", " Corporation",
    " Corp.", " Company", " Co., Ltd.", " plc", " Limited", " Ltd", " Group", " Holdings",
    " International", " Industries", " Industrial", " Enterprises", " Brothers", " & Sons",
    " & Co.", " Technology", " Technologies", " Engineering", " Manufacturing", " Electronics",
    " Electric", " Systems", " Solutions", " Products", " Components", " Instruments", " Controls",
    " Tools", " Plastics", " Metals", " Steel", " Foods", " Medical", " Pharma", " Energy",
    " Lighting", " Cables", " Logistics", " Services", "Hauptstraße ", "Industriestraße ",
    "straße ", "strasse ", "Am ", "weg ", "Rue de la ", "Rue du ", "Avenue de ", "Boulevard ",
    "Zone Industrielle ", "Via ", "Viale ", "Zona Industriale ", "Calle ", "Polígono Industrial ",
    "Av. ", "Rua ", "ul. ", "utca ", "No. ", "Building ", "Floor ", "Block ", "Plot ", "Phase ",
    "Sector ", " Town, ", " District, ", " City, ", " Province", " County", "Jiangsu ", "Zhejiang ",
    "Guangdong ", "Shenzhen ", "Shanghai ", "Dongguan ", "Ningbo ", "Suzhou ", "Taipei ", "Seoul ",
    "Tokyo ", "Osaka ", "Mumbai ", "Pune ", "New Delhi ", "Istanbul ", "Milano", "Torino",
    "München", "Hamburg", "Berlin", "Stuttgart", "Paris", "Lyon", "Madrid", "Barcelona",
    "Birmingham B", "Manchester M", "Sheffield S", "London ", "Dublin ", "Industrial Park",
    "Industrial Zone", "Industrial Area", "Industrial Estate, ", "Trading Estate, ",
    "Business Park, ", "Science Park", "Technology Park", "Enterprise Way, ", "Unit ",
    "Station Road, ", "Church Road, ", "Park Road, ", "High Street, ", " Way, ", " Drive, ",
    " Avenue, ", " Close, ", " Lane, ", " Road, ", " Street, ",
    # Sites.
    "Head office", "Headquarters", "Main site", "Warehouse", "Plant 1", "Plant 2", "Factory 1",
    "Works", "Production site", "Distribution centre", "Research centre",
)  # fmt: skip

SCHEMES = (
    "Schema 5", "KEYMARK-", "VDE-", "GS-", "ENEC-", "CCC-", "BIS-", "KC-", "PSE-", "UKCA-", "ATEX-",
    "IECEX-", "MD-", "LISTING-", "LICENCE-", "MARK-", "BATCH-1b", "TYPE-3", "TYPE-5", "CERT-",
)  # fmt: skip

COUNTRIES = (
    "ZA KE NG MA TN SA AE IL PE CO CL AR NZ AU MY SG PH ID TH VN PK BD LK KZ UA RS BG HR SI SK "
    "EE LV LT LU GR NO FI IE RO HU CZ PT SE DK BE CH AT PL TR MX BR CA TW KR JP IN NL ES FR IT "
    "US CN DE GB"
).split()

CODES = tuple(f"iaf:{number}" for number in (*range(1, 40), 3, 12, 28, 29, 33, 35, 14, 18, 19, 17))

ENDS_OF_HOSTS = (
    ".co.uk", ".gov", ".fr", ".it", ".es", ".nl", ".eu", ".cn", ".jp", ".in", ".de", ".net", ".org",
    ".com",
)  # fmt: skip

# A certificate of each kind with the particulars left out, in the order of their claims. The two
# share one form, so that the parts of either stand close to the end; what follows a gap most often
# stands with what precedes it, and numbers are those that dates and instants begin with. Bodies are
# named `cb-…` and `ab-…` where a service carries many of them.
FORM = (
    '"kind":"service","standards":["ISO/IEC 20000-1:2018"],"decided":"2026-0',
    '"service":{"scope":"', '"],"sites":[{"name":"', '"}],"scheme":{"id":"', '","type":"6"}},',
    '"displays":["ab_symbol"],"', '","effective":"2026-0', '"expires":"2029-0', '"family":"',
    '"],"factories":["', '","revision":"A"', '{"alg":"ES256","kid":"cb-', '-2026',
    '","typ":"certificate+jwt"}{"iss":"https://cb-', '.example/cb/cb-', '.org","jti":"',
    '.com","jti":"', '.example","jti":"CB-', '/2025/0', '/2027/0', '/2026/0', '","rev":2,"iat":18',
    '","rev":1,"iat":17', ',"exp":19', '00,"kind":"product","standards":["EN 60', '","IEC 60',
    ':2018', ':2020', '"],"decided":"2026-0', ',"exp":18',
    '00,"kind":"management_system","standards":["ISO/IEC 27001:2022', '","ISO 45001:2018',
    '","ISO 14001:2015', '"],"decided":"2025-0', '","effective":"2025-1', '","expires":"2028-0',
    '","supersedes":1', '"ISO 9001:2015"],"decided":"202', '","effective":"202', '","expires":"202',
    '","holder":{"name":"', ' Ltd","country":"GB","address":"', '","id":"lei:',
    '"},"product":{"brand":"', '","models":["', '","', '"],"gtins":["0', '"],"scheme":{"id":"',
    '","type":"1a"', '","type":"5"}},"accreditation":{"by":"https://www.',
    '"},"organisation":{"scope":"Design and manufacture of ', '","codes":["iaf:', '","iaf:',
    '"],"sites":[{"name":"', '","address":"', '","country":"', '"},{"name":"',
    '"}]},"accreditation":{"by":"https://ab-', '.example","number":"0',
    '"},"status":{"status_list":{"idx":1', ',"uri":"https://', '.example/status/1"}}}',
)  # fmt: skip


def dictionary() -> bytes:
    """The preset dictionary, rarest first."""
    parts = (
        RARE_CLAIMS,
        STANDARDS,
        WORDS,
        SCHEMES,
        (f'","country":"{country}"' for country in COUNTRIES),
        ENDS_OF_HOSTS,
        (f'"{code}",' for code in CODES),
        FORM,
    )
    return "".join(text for part in parts for text in part).encode()


if __name__ == "__main__":
    FROZEN.write_bytes(dictionary())
