"""The kinds of work in the demonstration region, and what training for them looks like.

Occupation codes are those of O*NET-SOC 2019 and program codes those of CIP 2020, paired as in the
CIP–SOC crosswalk. Everything else (hours, prices, wages, yields) is made up for the demonstration:
plausible in size, taken from no one.
"""

from __future__ import annotations

from dataclasses import dataclass

from backcast.demonstration.simulator.region import (
    COMPLETED,
    CREDENTIALED,
    EXTERNSHIP,
    HIRED,
    RETAINED,
)

HEALTH = "Health care"
MANUFACTURING = "Advanced manufacturing"
LOGISTICS = "Logistics"

CERTIFY_FIRST = (COMPLETED, CREDENTIALED, EXTERNSHIP, HIRED, RETAINED)
CERTIFY_LAST = (COMPLETED, EXTERNSHIP, CREDENTIALED, HIRED, RETAINED)
NO_EXTERNSHIP = (COMPLETED, CREDENTIALED, HIRED, RETAINED)


@dataclass(frozen=True, slots=True)
class Role:
    """One occupation: how it is trained for (typical figures) and who needs it.

    ``yields`` are typical pass probabilities in the order of ``stages``; ``employers`` weighs the
    kinds of employer; ``also`` names occupations that the same program leads to now and then.
    """

    key: str
    title: str
    own_titles: tuple[str, ...]
    sector: str
    cip: str
    program: str
    credential: str
    hours: int
    weeks: int
    externship_hours: int
    tuition: int
    wage: float
    starts_per_year: int
    size: int
    stages: tuple[str, ...]
    yields: tuple[float, ...]
    employers: tuple[tuple[str, float], ...]
    also: tuple[str, ...] = ()


ROLES: tuple[Role, ...] = (
    Role(
        "31-1131.00",
        "Nursing Assistants",
        ("Nurse aide", "Certified nursing assistant", "Patient care assistant"),
        HEALTH,
        "51.3902",
        "Nurse aide",
        "Nurse aide registry listing",
        *(120, 6, 40, 1450, 19.25, 4, 10),
        CERTIFY_LAST,
        (0.88, 0.95, 0.86, 0.84, 0.72),
        (("hospital", 1.0), ("nursing home", 2.0)),
    ),
    Role(
        "31-9092.00",
        "Medical Assistants",
        ("Medical assistant", "Clinic assistant", "Clinical medical assistant"),
        HEALTH,
        "51.0801",
        "Medical assistant",
        "Medical assistant certification",
        *(720, 36, 160, 9800, 21.50, 2, 16),
        CERTIFY_LAST,
        (0.76, 0.93, 0.82, 0.83, 0.80),
        (("clinic", 2.0), ("hospital", 1.0)),
        ("43-6013.00",),
    ),
    Role(
        "31-9097.00",
        "Phlebotomists",
        ("Phlebotomist", "Blood draw technician"),
        HEALTH,
        "51.1009",
        "Phlebotomy technician",
        "Phlebotomy technician certification",
        *(160, 12, 100, 2300, 21.00, 3, 12),
        CERTIFY_LAST,
        (0.85, 0.90, 0.84, 0.74, 0.78),
        (("hospital", 2.0), ("clinic", 1.0)),
    ),
    Role(
        "51-9161.00",
        "Computer Numerically Controlled Tool Operators",
        ("CNC operator", "Machine operator, CNC"),
        MANUFACTURING,
        "48.0510",
        "CNC operator",
        "Machining level 1 credential",
        *(480, 24, 0, 6900, 25.00, 2, 12),
        NO_EXTERNSHIP,
        (0.80, 0.83, 0.85, 0.81),
        (("plant", 1.0),),
        ("51-9061.00",),
    ),
    Role(
        "29-2052.00",
        "Pharmacy Technicians",
        ("Pharmacy technician", "Pharmacy tech"),
        HEALTH,
        "51.0805",
        "Pharmacy technician",
        "Pharmacy technician certification",
        *(440, 26, 130, 4700, 20.75, 2, 14),
        CERTIFY_LAST,
        (0.79, 0.93, 0.80, 0.82, 0.79),
        (("hospital", 1.0), ("pharmacy", 2.0)),
    ),
    Role(
        "29-2061.00",
        "Licensed Practical and Licensed Vocational Nurses",
        ("Licensed practical nurse", "LPN"),
        HEALTH,
        "51.3901",
        "Practical nursing",
        "Practical nurse license",
        *(1350, 52, 320, 17500, 32.00, 1, 24),
        CERTIFY_LAST,
        (0.72, 0.96, 0.86, 0.91, 0.84),
        (("nursing home", 2.0), ("hospital", 1.0), ("clinic", 0.5)),
    ),
    Role(
        "53-3032.00",
        "Heavy and Tractor-Trailer Truck Drivers",
        ("Class A driver", "Truck driver"),
        LOGISTICS,
        "49.0205",
        "Commercial driver, class A",
        "Class A commercial driving license",
        *(160, 5, 0, 5200, 27.00, 5, 8),
        NO_EXTERNSHIP,
        (0.89, 0.87, 0.84, 0.68),
        (("carrier", 2.0), ("warehouse", 1.0)),
    ),
    Role(
        "29-2055.00",
        "Surgical Technologists",
        ("Surgical technologist", "Operating room technologist"),
        HEALTH,
        "51.0909",
        "Surgical technology",
        "Surgical technologist certification",
        *(1100, 60, 500, 15800, 30.00, 1, 18),
        CERTIFY_LAST,
        (0.74, 0.91, 0.83, 0.91, 0.87),
        (("hospital", 1.0),),
        ("31-9093.00",),
    ),
    Role(
        "31-9093.00",
        "Medical Equipment Preparers",
        ("Sterile processing technician", "Instrument technician"),
        HEALTH,
        "51.1012",
        "Sterile processing technician",
        "Sterile processing certification",
        *(400, 20, 240, 3900, 23.50, 2, 12),
        CERTIFY_FIRST,
        (0.84, 0.83, 0.90, 0.85, 0.82),
        (("hospital", 1.0),),
    ),
    Role(
        "49-9041.00",
        "Industrial Machinery Mechanics",
        ("Maintenance mechanic", "Industrial mechanic"),
        MANUFACTURING,
        "47.0303",
        "Industrial maintenance",
        "Industrial maintenance credential",
        *(760, 40, 0, 9600, 31.00, 1, 16),
        NO_EXTERNSHIP,
        (0.77, 0.82, 0.88, 0.85),
        (("plant", 2.0), ("warehouse", 1.0)),
    ),
    Role(
        "29-2042.00",
        "Emergency Medical Technicians",
        ("EMT", "Transport technician"),
        HEALTH,
        "51.0904",
        "Emergency medical technician",
        "EMT certification",
        *(180, 14, 36, 1900, 21.75, 3, 14),
        CERTIFY_LAST,
        (0.80, 0.95, 0.76, 0.72, 0.74),
        (("hospital", 1.0), ("ambulance service", 3.0)),
    ),
    Role(
        "31-9091.00",
        "Dental Assistants",
        ("Dental assistant", "Chairside assistant"),
        HEALTH,
        "51.0601",
        "Dental assisting",
        "Dental assistant registration",
        *(600, 30, 200, 7600, 23.00, 2, 12),
        CERTIFY_FIRST,
        (0.79, 0.85, 0.92, 0.82, 0.79),
        (("dental practice", 1.0), ("clinic", 0.5)),
    ),
    Role(
        "51-4121.00",
        "Welders, Cutters, Solderers, and Brazers",
        ("Welder", "Fabrication welder"),
        MANUFACTURING,
        "48.0508",
        "Welding",
        "Structural welding qualification",
        *(600, 30, 0, 8200, 26.50, 2, 12),
        NO_EXTERNSHIP,
        (0.78, 0.81, 0.83, 0.77),
        (("plant", 1.0),),
    ),
    Role(
        "29-2072.00",
        "Medical Records Specialists",
        ("Medical coder", "Health records specialist"),
        HEALTH,
        "51.0713",
        "Medical coding",
        "Medical coding certification",
        *(520, 32, 80, 6400, 26.00, 2, 12),
        CERTIFY_FIRST,
        (0.73, 0.75, 0.91, 0.73, 0.85),
        (("hospital", 1.0), ("clinic", 1.0)),
        ("43-6013.00",),
    ),
    Role(
        "29-2012.00",
        "Medical and Clinical Laboratory Technicians",
        ("Laboratory technician", "Medical lab technician"),
        HEALTH,
        "51.1004",
        "Medical laboratory technician",
        "Medical laboratory technician certification",
        *(1250, 64, 480, 14900, 29.50, 1, 16),
        CERTIFY_LAST,
        (0.72, 0.93, 0.82, 0.92, 0.88),
        (("hospital", 2.0), ("clinic", 0.5)),
        ("31-9097.00",),
    ),
    Role(
        "31-1121.00",
        "Home Health Aides",
        ("Home health aide", "Home care aide"),
        HEALTH,
        "51.2602",
        "Home health aide",
        "Home health aide certificate",
        *(80, 4, 16, 900, 18.00, 5, 10),
        CERTIFY_LAST,
        (0.91, 0.96, 0.91, 0.85, 0.64),
        (("home care agency", 1.0),),
    ),
    Role(
        "51-9061.00",
        "Inspectors, Testers, Sorters, Samplers, and Weighers",
        ("Quality inspector", "Quality technician"),
        MANUFACTURING,
        "15.0702",
        "Quality inspection",
        "Quality technician credential",
        *(320, 18, 0, 4300, 24.00, 2, 12),
        NO_EXTERNSHIP,
        (0.82, 0.83, 0.79, 0.80),
        (("plant", 1.0), ("warehouse", 0.3)),
    ),
    Role(
        "29-2053.00",
        "Psychiatric Technicians",
        ("Behavioral health technician", "Mental health technician"),
        HEALTH,
        "51.1502",
        "Behavioral health technician",
        "Behavioral health technician credential",
        *(360, 20, 120, 4100, 21.25, 2, 12),
        CERTIFY_FIRST,
        (0.80, 0.84, 0.92, 0.81, 0.70),
        (("hospital", 1.0), ("clinic", 0.7)),
    ),
    Role(
        "21-1094.00",
        "Community Health Workers",
        ("Community health worker", "Outreach worker"),
        HEALTH,
        "51.1504",
        "Community health worker",
        "Community health worker certificate",
        *(200, 16, 60, 2400, 23.25, 2, 14),
        CERTIFY_FIRST,
        (0.86, 0.91, 0.94, 0.73, 0.79),
        (("clinic", 2.0), ("hospital", 0.5)),
    ),
    Role(
        "43-6013.00",
        "Medical Secretaries and Administrative Assistants",
        ("Patient services representative", "Medical office assistant"),
        HEALTH,
        "51.0710",
        "Medical office assistant",
        "Medical office credential",
        *(300, 18, 40, 3600, 20.50, 2, 14),
        CERTIFY_FIRST,
        (0.82, 0.83, 0.94, 0.76, 0.80),
        (("clinic", 2.0), ("hospital", 1.0), ("dental practice", 0.7)),
    ),
)

EMPLOYER_NAMES: dict[str, str] = {
    "hospital": "Hospital",
    "nursing home": "Care Center",
    "clinic": "Clinic Group",
    "pharmacy": "Pharmacy",
    "ambulance service": "Ambulance Service",
    "dental practice": "Dental Practice",
    "home care agency": "Home Care",
    "plant": "Precision Works",
    "warehouse": "Distribution Center",
    "carrier": "Freight Lines",
}

EMPLOYER_SECTORS: dict[str, str] = {
    **dict.fromkeys(
        (
            "hospital",
            "nursing home",
            "clinic",
            "pharmacy",
            "ambulance service",
            "dental practice",
            "home care agency",
        ),
        HEALTH,
    ),
    "plant": MANUFACTURING,
    "warehouse": LOGISTICS,
    "carrier": LOGISTICS,
}

EMPLOYER_ORDER: tuple[str, ...] = (
    *("hospital", "nursing home", "clinic", "plant", "carrier", "pharmacy", "hospital", "clinic"),
    *("nursing home", "plant", "hospital", "warehouse", "nursing home", "plant", "pharmacy"),
    *("hospital", "clinic", "dental practice", "home care agency", "ambulance service", "plant"),
    *("dental practice", "carrier", "home care agency"),
)
"""Kinds of employer in the order in which a region gets them; begins anew when it runs out."""

PROVIDER_KINDS: tuple[tuple[str, str], ...] = (
    ("Community College", "community college"),
    ("Career Institute", "private career school"),
    ("Technical Center", "technical school"),
    ("Adult School", "adult school"),
)

CAUSES: tuple[tuple[str, float], ...] = (
    ("growth", 0.35),
    ("retirement", 0.25),
    ("turnover", 0.30),
    ("promotion", 0.10),
)

OFFERS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("paid_learning", (1, 2)),
    ("guaranteed_interviews", (4, 6, 10)),
    ("mentors", (1, 2)),
    ("tuition", (500, 1000, 1500)),
    ("release_time", (2, 4)),
    ("flexible_shifts", (1,)),
)
"""What employers may offer beside externship places, and in what amounts."""

PLACE_NAMES: tuple[str, ...] = (
    *("Alder Valley", "Birch Harbor", "Cedar Fork", "Dogwood Mills", "Elm Crossing"),
    *("Fern Hollow", "Gorse Point", "Hazel Bend", "Ivy Landing", "Juniper Flats"),
    *("Kelp Bay", "Linden Ridge", "Maple Ford", "Nettle Creek", "Oak Shelf"),
    *("Pine Terrace", "Quince Hill", "Rowan Lake", "Sorrel Plain", "Thistle Gap"),
)

AREA_NAMES: tuple[str, ...] = ("North Shore", "Midvale", "South Plains", "West Ridge")
