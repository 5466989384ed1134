"""The demonstration's collaborative: employers in care, and the roles that they plan for together."""

from __future__ import annotations

from datetime import date

from backcast.core.actor import Actor, acting
from backcast.demand.models import Need, Role
from backcast.demonstration.simulator.catalogue import HEALTH
from backcast.demonstration.simulator.region import Region as Simulated
from backcast.frameworks.models import Occupation
from backcast.partners.actions.collaboratives import size_of
from backcast.partners.models import Collaborative, CollaborativeMember, Organisation, Region

NAME = "Demo Alder care collaborative"
#: Occupations of the roles, what the employers agreed to call them, and why they matter.
ROLES: tuple[tuple[str, str, str], ...] = (
    ("31-1131.00", "Nursing assistant", "Every hospital and care center is short of them."),
    ("31-9092.00", "Medical assistant", "Clinics cannot open exam rooms without them."),
    ("31-9097.00", "Phlebotomist", "Tests wait when nobody draws the blood."),
    ("29-2061.00", "Practical nurse", "The next step for nursing assistants."),
)
_HEADS = {
    "hospital": (1400, "622110"),
    "nursing home": (180, "623110"),
    "clinic": (120, "621111"),
    "pharmacy": (30, "456110"),
}


def add_collaborative(
    made: Simulated,
    region: Region,
    organisations: dict[str, Organisation],
    occupations: dict[str, Occupation],
    staff: Actor,
) -> Collaborative:
    """The collaborative with every simulated employer in care, and a role for each occupation asked for."""
    with acting(staff, "demonstration.add_collaborative"):
        collaborative = Collaborative.objects.create(
            region=region,
            name=NAME,
            focus="People at the bedside and in exam rooms. Made up for the demonstration.",
        )
        for place, employer in enumerate(one for one in made.employers if one.sector == HEALTH):
            heads, industry = _HEADS.get(employer.kind, (60, ""))
            CollaborativeMember.objects.create(
                collaborative=collaborative,
                employer=organisations[employer.key],
                size=size_of(heads + 10 * place),
                headcount=heads + 10 * place,
                industry=industry,
                joined_on=date(made.today.year - 1, 9, 1),
            )
        for key, title, why in ROLES:
            occupation = occupations.get(key)
            if occupation and Need.objects.filter(region=region, occupation=occupation).exists():
                Role.objects.create(
                    region=region,
                    collaborative=collaborative,
                    title=title,
                    occupation=occupation,
                    why=why,
                )
        return collaborative
