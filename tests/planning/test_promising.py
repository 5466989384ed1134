"""A plan's promise beside what a wave has published of the same needs."""

from __future__ import annotations

import numpy as np
import pytest
from django.utils import timezone

from backcast.core.actor import acting
from backcast.core.quarters import Quarter
from backcast.demand.models import Role
from backcast.demand.regional import access as regional
from backcast.demand.regional import actions
from backcast.partners.models import Site
from backcast.planning import promising
from backcast.planning.keys import role_key
from backcast.planning.problem import NeedCell
from backcast.planning.promise import TOTAL, place
from bench.disclosure.attack import World, narrowest
from tests.cast import Cast, make_organisation, make_site
from tests.demand.make import make_need, make_occupation, openings
from tests.demand.regional.make import NUMBERS, make_answered, make_members
from tests.planning.world import named


class Made:
    """As much of a problem as is read: its needs."""

    def __init__(self, needs: list[NeedCell]) -> None:
        self.needs = needs


def published_and_needed(cast: Cast, *, extra: int):
    """A published wave, and plannable needs that say the same; one employer needs ``extra`` more."""
    collaborative, employers = make_members(cast)
    staff = cast.actor("administrator")
    wave = make_answered(cast, collaborative=collaborative)
    occupation = make_occupation()
    with acting(staff, "tests.name"):
        Role.objects.filter(title="Nursing assistant").update(occupation=occupation)
    publication = actions.publish_wave(wave, actor=staff)
    cells = []
    for key, employer in employers.items():
        cast.organisations[key] = employer
        with acting(staff):
            cast.sites[key] = Site.objects.filter(organisation=employer)[0]
        low, likely, high = (2 * each for each in NUMBERS[key])
        more = extra if key == "employer" else 0
        ahead = [quarter - Quarter.of(timezone.localdate()) for quarter in wave.asked]
        need = make_need(
            cast,
            key,
            occupation=named(occupation),
            openings=tuple(openings(1, after=each) for each in ahead),
            offers=(),
        )
        with acting(staff, "tests.say"):
            for row in need.quarters.all():
                row.low, row.likely, row.high = low + more, likely + more, high + more
                row.cause = "growth"
                row.save()
                cells.append(
                    NeedCell(
                        f"N{need.pk}-{row.quarter}",
                        role_key(occupation),
                        "A1",
                        row.quarter,
                        row.low,
                        row.likely,
                        row.high,
                        "stated",
                        "made up",
                    )
                )
    return publication, Made(cells), role_key(occupation)


@pytest.mark.parametrize(("extra", "shown"), [(0, True), (12, False)])
def test_a_promise_does_not_tell_what_one_employer_needs_beyond_the_wave(
    cast: Cast, extra: int, shown: bool
) -> None:
    publication, problem, role = published_and_needed(cast, extra=extra)
    with acting(cast.actor("administrator")):
        rule, _entry = regional.rule_on(timezone.localdate())
        found = promising.may_be_shown(problem, cast.region.pk, rule)
        assert (TOTAL in found) is shown
        told = regional.published_picture(publication).figures
        numbers = promising.numbers_of(problem)
    assert (place(role) in found) is shown
    # Beside the published wave, the total would have told the difference to within the rounding.
    wave = sum(2 * (a + 4 * m + b) / 6 for a, m, b in NUMBERS.values())
    who = sorted({employer for employer, _cell in numbers})
    stayed = np.array([sum(v for (w, _c), v in numbers.items() if w == each) for each in who])
    assert stayed.sum() == pytest.approx(2 * (wave + extra))
    if not shown:
        first = str(cast.employer.pk)
        parts = np.zeros((len(who), 2))
        parts[:, 0] = stayed
        parts[who.index(first)] += [-2 * extra, 2 * extra]
        both, before = np.array([True, True]), np.array([True, False])
        known = World(
            tuple(who),
            (("wave",), ("more",)),
            parts,
            np.ones(len(who)),
            {
                ("wave",): (before, 2 * wave - 1, 2 * wave + 1),
                ("promise",): (both, 2 * (wave + extra) - 2.5, 2 * (wave + extra) + 2.5),
            },
            {("more",): ~before},
        )
        assert narrowest(known).width <= 7.0 + 1e-6
    assert told


@pytest.mark.parametrize(
    ("people", "told"),
    [((9, 10, 11), True), ((9, 10), False), ((90, 10, 9), False), ((40,), False)],
)
def test_an_employer_reads_the_odds_of_its_need_where_enough_need_people_there(
    cast: Cast, people: tuple[int, ...], told: bool
) -> None:
    """Odds follow what all need in the role and labor area: who knew the supply could work that out."""
    occupation = make_occupation()
    cells = []
    for index, each in enumerate(people):
        key = f"clinic {index}"
        cast.organisations[key] = make_organisation(cast.region, "employer", f"Test {key}")
        cast.sites[key] = make_site(cast.organisations[key], cast.area)
        need = make_need(cast, key, occupation=named(occupation), offers=())
        now = Quarter.of(timezone.localdate()) + 4
        for quarter, number in ((now, each), (now + 1, 50)):
            cells.append(
                NeedCell(
                    f"N{need.pk}-{quarter}",
                    "r",
                    "A1",
                    quarter,
                    number,
                    number,
                    number,
                    "stated",
                    "made up",
                )
            )
    with acting(cast.actor("administrator")):
        rule, _entry = regional.rule_on(timezone.localdate())
        asked = {("r", "A1", now), ("r", "A2", now)}
        found = promising.of_several(Made(cells), asked, rule)
    assert found == ({("r", "A1", now)} if told else frozenset())
