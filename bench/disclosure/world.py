"""A made-up collaborative in the product's own database: waves, corrections, publications, and who reads them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise, permutations, product
from statistics import NormalDist
from typing import Any

import numpy as np
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from scipy.optimize import linprog

from backcast.core.actor import acting
from backcast.core.quarters import Quarter
from backcast.core.rules import in_force
from backcast.demand.models import (
    Answer,
    AnswerQuarter,
    AnswerSkill,
    Publication,
    Role,
    Wave,
    WaveEmployer,
    WaveRole,
)
from backcast.demand.regional import access, actions
from backcast.frameworks.models import Competency
from backcast.partners.actions import make_token
from backcast.partners.models import Collaborative, CollaborativeMember, Organisation, Site
from bench.disclosure import reading
from bench.disclosure.attack import Key, World
from bench.disclosure.reading import ALL, Fact, Place, Read
from tests.cast import Cast, make_area, make_organisation

CAUSES = ("growth", "retirement", "turnover", "promotion")


@dataclass(frozen=True)
class Size:
    """``answers``: share of employers that have the role; ``says``: share of cells with something.

    ``waves`` are published one after the other.
    """

    employers: int
    roles: int
    quarters: int
    areas: int
    answers: float
    says: float
    large: float = 8.0
    waves: int = 3


SIZES = (
    Size(3, 2, 2, 1, 1.0, 0.8, 16),
    Size(6, 3, 4, 2, 0.9, 0.6, 12),
    Size(50, 6, 6, 3, 0.6, 0.3),
    Size(500, 10, 8, 3, 0.5, 0.2, waves=2),
)


@dataclass
class Made:
    """The collaborative, its employers, and what each says in the newest wave."""

    cast: Cast
    size: Size
    chance: random.Random
    collaborative: Collaborative
    employers: list[Organisation]
    roles: list[Role]
    sites: dict[int, Site]
    skill: Competency
    said: dict[tuple[int, int], dict[tuple[int, str], tuple[int, int, int]]]


def make(cast: Cast, size: Size, seed: int) -> Made:
    """Employers of the cast first; few large ones, many small ones; some areas, some sites in none."""
    chance = random.Random(seed)
    staff = cast.actor("administrator")
    keys = ["employer", "other_employer"]
    employers = [cast.organisations[key] for key in keys]
    areas = [cast.area, *([cast.other_area] if size.areas > 1 else [])]
    areas += [make_area(cast.region, f"Area {n}", "Union") for n in range(2, size.areas)]
    employers += [
        make_organisation(cast.region, "employer", f"Test Clinic {number}")
        for number in range(2, size.employers)
    ]
    sites = {}
    with acting(staff, "bench.make"):
        collaborative = Collaborative.objects.create(region=cast.region, name="Test Partnership")
        for number, employer in enumerate(employers):
            # One of eight sites lies in no labor area.
            area = None if number % 8 == 7 else chance.choice(areas)
            sites[employer.pk] = Site.objects.create(
                organisation=employer, area=area, name="Wave site", city="Demo City", state="NJ"
            )
            large = max(1, round(chance.lognormvariate(3.5, 1)))
            CollaborativeMember.objects.create(
                collaborative=collaborative,
                employer=employer,
                size="small" if large < 20 else "medium" if large < 90 else "large",
                headcount=large * 6,
                joined_on=timezone.localdate(),
            )
        roles = [
            Role.objects.create(
                region=cast.region, collaborative=collaborative, title=f"Test role {number}"
            )
            for number in range(size.roles)
        ]
        skill = Competency.objects.create(region=cast.region, kind="own", statement="Draws blood")
    made = Made(cast, size, chance, collaborative, employers, roles, sites, skill, {})
    for employer in employers:
        large = size.large * chance.lognormvariate(0, 0.7)
        for role in roles:
            if chance.random() < size.answers:
                made.said[employer.pk, role.pk] = {
                    cell: _number(chance, large)
                    for cell in product(range(size.quarters + 1), CAUSES)
                    if chance.random() < size.says
                }
    return made


def _number(chance: random.Random, large: float) -> tuple[int, int, int]:
    likely = round(chance.expovariate(1 / large))
    # Some say exactly how many: then only who is missing would be left in a band of their numbers.
    return (likely, likely, likely) if chance.random() < 0.4 else (likely // 2, likely, likely * 2)


def wave(made: Made, name: str, *, shift: int = 0, silent: int = 0, change: float = 0.0) -> Wave:
    """A frozen wave that begins ``shift`` quarters later; the last ``silent`` employers do not answer.

    Of the others a share ``change`` says something else than before.
    """
    cast, chance, size = made.cast, made.chance, made.size
    now = timezone.now()
    first = Quarter.of(timezone.localdate()) + 1 + shift
    with acting(cast.actor("administrator"), "bench.make"):
        row = Wave.objects.create(
            region=cast.region,
            collaborative=made.collaborative,
            name=name,
            first_quarter=first.first_day,
            quarters=size.quarters,
            closes_on=timezone.localdate() + timedelta(days=1),
            status="open",
            opened_at=now - timedelta(days=9),
        )
        for order, role in enumerate(made.roles):
            WaveRole.objects.create(wave=row, role=role, order=order)
        members = {m.employer_id: m for m in made.collaborative.members.all()}
        places = {
            employer.pk: WaveEmployer.objects.create(
                region=cast.region,
                wave=row,
                employer=employer,
                size=members[employer.pk].size,
                headcount=members[employer.pk].headcount,
            )
            for employer in made.employers
        }
        answers, quarters, skills = [], [], []
        for number, employer in enumerate(made.employers):
            if number >= size.employers - silent:
                continue
            changes = chance.random() < change
            for role in made.roles:
                said = made.said.get((employer.pk, role.pk))
                if said is None:
                    continue
                if changes:
                    for cell in list(said):
                        if chance.random() < 0.5:
                            said[cell] = _number(chance, size.large)
                answer = Answer(
                    region=cast.region,
                    wave=row,
                    place=places[employer.pk],
                    employer=employer,
                    role=role,
                    site=made.sites[employer.pk],
                    staff_now=10 + number % 30,
                    upskill=number % 9,
                    refill_share=20 * (number % 4),
                    sent_at=now - timedelta(hours=2),
                )
                answers.append(answer)
                skills.append(
                    AnswerSkill(answer=answer, competency=made.skill, share=10 * (number % 11))
                )
                quarters += [
                    AnswerQuarter(
                        answer=answer,
                        quarter_start=(first + (ahead - shift)).first_day,
                        cause=cause,
                        low=low,
                        likely=likely,
                        high=high,
                    )
                    for (ahead, cause), (low, likely, high) in said.items()
                    if shift <= ahead < shift + size.quarters
                ]
        Answer.objects.bulk_create(answers)
        AnswerSkill.objects.bulk_create(skills)
        AnswerQuarter.objects.bulk_create(quarters)
        row.status, row.frozen_at = "frozen", now - timedelta(hours=1)
        row.save()
    return row


def correct(made: Made, row: Wave) -> None:
    """One employer corrects its largest number after the wave is published."""
    with acting(made.cast.actor("administrator"), "bench.correct"):
        old = Answer.objects.filter(wave=row, quarters__isnull=False).order_by("pk").first()
        if old is None:
            return
        new = Answer.objects.create(
            region=old.region,
            wave=row,
            place=old.place,
            employer=old.employer,
            role=old.role,
            site=old.site,
            number=2,
            corrects=old,
            reason="Counted again",
            staff_now=old.staff_now,
            upskill=old.upskill,
            sent_at=timezone.now(),
        )
        said = made.said[old.employer_id, old.role_id]
        for index, part in enumerate(old.quarters.order_by("pk")):
            extra = 15 if index == 0 else 0
            ahead = Quarter.of(part.quarter_start) - row.asked[0]
            numbers = (part.low + extra, part.likely + extra, part.high + extra)
            said[ahead, part.cause] = numbers
            AnswerQuarter.objects.create(
                answer=new,
                quarter_start=part.quarter_start,
                cause=part.cause,
                low=numbers[0],
                likely=numbers[1],
                high=numbers[2],
            )


def publish(made: Made, row: Wave) -> Publication:
    return actions.publish_wave(row, actor=made.cast.actor("administrator"))


# --- reading --------------------------------------------------------------------------------------

READERS = ("employer", "other_employer", "provider", "funder")


def read(made: Made, publication: Publication) -> Read:
    """Everything that others are shown of a publication, by every way there is."""
    found = Read()
    where = reverse("regional:published", args=[publication.public_id])
    api = reverse("api:regional-picture", args=[publication.public_id])
    for who in READERS:
        client = made.cast.client(who)
        _token, secret = make_token(
            made.cast.membership(who), actor=made.cast.actor(who), name="Bench", days=1
        )
        keys = {role.title: str(role.pk) for role in made.roles}
        for chosen in (ALL, *keys):
            query = "" if chosen == ALL else f"?role={keys[chosen]}"
            facts, drawn, loose = reading.page(_get(client, where + query).decode(), chosen)
            found.add("page", iter(facts))
            found.add("chart", iter(drawn))
            found.loose |= loose
        for form, rows in (("csv", reading.csv_rows), ("xlsx", reading.xlsx_rows)):
            export = reverse("regional:published_export", args=[publication.public_id, form])
            found.add(form, reading.file(rows(_get(client, export))))
        for given in (
            client.get(api).json(),
            Client().get(api, headers={"Authorization": f"Bearer {secret}"}).json(),
        ):
            found.add("API", reading.answer(given))
        # Staff's own addresses are closed to them.
        for name in ("wave", "wave_export", "publishing"):
            more = ["csv"] if name == "wave_export" else []
            url = reverse(f"regional:{name}", args=[publication.wave.public_id, *more])
            if client.get(url).status_code != 404:
                raise RuntimeError(f"{who} reads {url}")
    for url in (where, api, reverse("regional:list")):
        if Client().get(url).status_code not in (302, 401):
            raise RuntimeError(f"A visitor reads {url}")
    return found


def _get(client: Client, url: str) -> bytes:
    answer = client.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code}")
    return answer.content


def agreed(found: Read) -> dict[Place, Fact]:
    """The facts of all channels, which must say the same wherever they say something."""
    known: dict[Place, Fact] = {}
    for channel, facts in found.facts.items():
        for fact in facts:
            if fact.value is None:
                continue
            other = known.setdefault(fact.place, fact)
            mine = (fact.value, fact.low, fact.high, fact.employers)
            theirs = (other.value, other.low, other.high, other.employers)
            both = [(a, b) for a, b in zip(mine, theirs, strict=True) if None not in (a, b)]
            if any(abs(a - b) > 1e-9 for a, b in both):
                raise RuntimeError(f"{channel} says {fact}, elsewhere it is {other}")
            whole = [b if a is None else a for a, b in zip(mine, theirs, strict=True)]
            known[fact.place] = Fact(fact.place, *whole, bound=fact.bound)
    hidden = {f.place for facts in found.facts.values() for f in facts if f.value is None}
    if both := hidden & known.keys():
        raise RuntimeError(f"Hidden in one place and shown in another: {sorted(both)[:3]}")
    return known


# --- what is to be protected ----------------------------------------------------------------------

Numbers = dict[tuple[str, Key], float]


def contributions(publication: Publication) -> tuple[Numbers, dict[str, float]]:
    """(employer, cell) → what it has in the sums; employer → what one of its own people comes to."""
    factors = {str(c.employer_id): c.factor for c in publication.corrections.all()}
    regional = access.regional_of(
        publication.wave,
        publication.rule_since,
        at=publication.published_at,
        factors=factors.__getitem__ if factors else None,
    )
    titles = {str(r.role_id): r.role.title for r in publication.roles.select_related("role")}
    areas = {area.key: area.title for area in access.areas_of(regional)}
    numbers: Numbers = {}
    scale: dict[str, float] = {}
    for row in regional.weighted:
        role, quarter, cause, area = row.key
        cell = (titles[role], quarter, cause, areas.get(area, ""))
        numbers[row.employer, cell] = numbers.get((row.employer, cell), 0.0) + row.value
        scale[row.employer] = max(scale.get(row.employer, 0.0), row.scale)
    return numbers, scale


def places(cells: Sequence[Key]) -> Iterator[Key]:
    """Every sum that a wave is tabulated by."""
    roles, quarters, causes, areas = (sorted({cell[i] for cell in cells}) for i in range(4))
    for role in (ALL, *roles):
        for quarter in (ALL, *quarters):
            for cause in (ALL, *causes):
                yield (role, quarter, cause, ALL)
        for area in areas:
            yield (role, ALL, ALL, area)


def one(publication: Publication, facts: dict[Place, Fact]) -> World:
    """One publication by itself."""
    numbers, scale = contributions(publication)
    employers = tuple(sorted(scale))
    wide = {str(quarter) for quarter in publication.asked_for}
    titles = [r.role.title for r in publication.roles.select_related("role")]
    areas = sorted({cell[3] for _who, cell in numbers}) or [""]
    # Cells of nobody are kept: who does not know better must reckon with them.
    cells = tuple(product(titles, sorted(wide), CAUSES, areas))
    row = {who: index for index, who in enumerate(employers)}
    column = {cell: index for index, cell in enumerate(cells)}
    matrix = np.zeros((len(employers), len(cells)))
    for (who, cell), value in numbers.items():
        matrix[row[who], column[cell]] += value
    lies, shown = _Lies(cells), {}
    for place, fact in facts.items():
        if place[0] != "openings" or fact.value is None:
            continue
        inside = lies.within(place[1:5])
        true = float(matrix[:, inside].sum())
        if abs(true - fact.value) > 0.5001:
            raise RuntimeError(f"{fact} is in truth {true}")
        shown[place[1:5]] = (inside, fact.value - 0.5, fact.value + 0.5)
    return World(
        employers,
        cells,
        matrix,
        np.array([scale[who] for who in employers]),
        shown,
        {place: lies.within(place) for place in places(cells)},
    )


def together(publications: Sequence[Publication], facts: Sequence[dict[Place, Fact]]) -> World:
    """Publications one after the other, read as one by someone who knows who changed, and which way.

    What an employer has in a cell is cut into layers: what it has in the same ones of the publications.
    The first part of a layer's name says in which: "110" is what the third took away.
    """
    given, scales = zip(*(contributions(each) for each in publications), strict=True)
    known = [
        {
            place[1:5]: fact
            for place, fact in each.items()
            if place[0] == "openings" and fact.value is not None
        }
        for each in facts
    ]
    return _layered(given, known, scales, lambda cells: set(places(cells)))


def _layered(
    given: Sequence[Numbers],
    facts: Sequence[dict[Key, Fact]],
    scales: Sequence[dict[str, float]],
    places: Callable[[list[Key]], set[Key]],
) -> World:
    """Tables of which something is shown; names of figures count from 1."""
    rows = [each for each in zip(given, facts, scales, strict=True) if each[1]]
    given, facts, scales = zip(*rows, strict=True) if rows else ((), (), ())
    scale = {who: max(s.get(who, 0.0) for s in scales) for s in scales for who in s}
    cut: Numbers = {}
    for who, cell in set().union(*given):
        said = [numbers.get((who, cell), 0.0) for numbers in given]
        for low, high in pairwise(sorted({0.0, *said})):
            if high - low > 1e-9:
                layer = "".join("1" if value >= high else "0" for value in said)
                cut[who, (layer, *cell)] = high - low
    employers, cells = tuple(sorted(scale)), tuple(sorted({cell for _who, cell in cut}))
    row = {who: index for index, who in enumerate(employers)}
    column = {cell: index for index, cell in enumerate(cells)}
    matrix = np.zeros((len(employers), len(cells)))
    for (who, cell), value in cut.items():
        matrix[row[who], column[cell]] = value
    lies = _Lies([cell[1:] for cell in cells])
    has = (
        np.array([[part == "1" for part in cell[0]] for cell in cells])
        .reshape(len(cells), len(given))
        .T
    )
    shown, targets = {}, {}
    where = [places([cell for _who, cell in numbers]) for numbers in given]
    for index, known in enumerate(facts):
        for place, fact in known.items():
            assert fact.value is not None
            ends = (fact.value - 0.5, fact.value + 0.5)
            shown[(str(index + 1), *place)] = (lies.within(place) & has[index], *ends)
        for place in where[index]:
            targets[(str(index + 1), *place)] = lies.within(place) & has[index]
    for one_of, other in permutations(range(len(facts)), 2):
        for place in where[one_of] & where[other]:
            inside = lies.within(place) & has[one_of] & ~has[other]
            targets[(f"{one_of + 1} without {other + 1}", *place)] = inside
    return World(
        employers, cells, matrix, np.array([scale[who] for who in employers]), shown, targets
    )


class _Lies:
    """Which cells lie in a sum, a dimension at a time."""

    def __init__(self, cells: Sequence[Key]) -> None:
        self._parts = [np.array(parts, dtype=object) for parts in zip(*cells, strict=True)]
        self._count = len(cells)

    def within(self, place: Key) -> Any:
        found = np.ones(self._count, dtype=np.bool_)
        for part, theirs in zip(place, self._parts, strict=bool(self._parts)):
            if part != ALL:
                found &= theirs == part
        return found


def trained(publications: Sequence[Publication], facts: Sequence[dict[Place, Fact]]) -> World:
    """Staff to train further, of all publications together."""
    given: list[Numbers] = []
    scales: list[dict[str, float]] = []
    for publication in publications:
        regional = access.regional_of(
            publication.wave, publication.rule_since, at=publication.published_at
        )
        titles = {str(r.role_id): r.role.title for r in publication.roles.select_related("role")}
        numbers: Numbers = {}
        scale: dict[str, float] = {}
        for who, role, people, weight in access.upskill_of(
            publication.wave, regional, publication.published_at
        ):
            numbers[who, (titles[role],)] = people * weight
            scale[who] = max(scale.get(who, 0.0), weight)
        given.append(numbers)
        scales.append(scale)
    known = [
        {
            place[1:2]: fact
            for place, fact in each.items()
            if place[0] == "upskill" and fact.value is not None
        }
        for each in facts
    ]
    return _layered(given, known, scales, lambda cells: {(ALL,), *cells})


# --- shares of today's staff, and bands -----------------------------------------------------------


FEW, HEAVIEST = 120, 5
"""Answers up to which everybody's share is tried, and how many of the heaviest try where there are more."""


def share_widths(
    publications: Sequence[Publication], facts: Sequence[dict[Place, Fact]]
) -> tuple[float, int]:
    """The narrowest interval of anybody's share, of all publications together; how many were tried.

    Known to all: everybody's staff, who gave a share, who gave another one since. Among many employers
    those with most staff are tried alone: they know most of a sum, and move it most.
    """
    said = [access.share_parts(row.wave, row.published_at) for row in publications]
    rule = in_force("disclosure", "workforce", publications[0].rule_since).values
    half = rule["rounding"] / 2
    narrow, tried = 1.0, 0
    for key in {key for each in said for key in each}:
        role = Role.objects.get(pk=int(key[0])).title
        given = [{p.contributor: p for p in each.get(key, [])} for each in said]
        names: dict[tuple[str, float, float], int] = {}
        for each in given:
            for part in each.values():
                names.setdefault((part.contributor, part.people, part.share), len(names))
        rows, ends = [], []
        for each, known in zip(given, facts, strict=True):
            fact = known.get(("share", role, "", "", "", made_skill(key[1])))
            if fact is None or fact.value is None:
                continue
            low, high = fact.value - half, fact.value + half
            if fact.bound != "about":
                low, high = (0.0, fact.value) if fact.bound == "at_most" else (fact.value, 1.0)
            people = sum(part.people for part in each.values())
            line = np.zeros(len(names))
            for part in each.values():
                line[names[part.contributor, part.people, part.share]] = part.people / people
            rows.append(line)
            ends.append((low, high))
        if not rows:
            continue
        whole = np.array(rows)
        heaviest = sorted(names, key=lambda part: -part[1])
        many = len(names) > FEW
        attackers = dict.fromkeys(part[0] for part in heaviest[: HEAVIEST if many else None])
        for attacker in ("", *attackers):
            known_to = [(part[2], part[2]) if part[0] == attacker else (0.0, 1.0) for part in names]
            for part in heaviest[: 2 * HEAVIEST if many else None]:
                column = names[part]
                if part[0] == attacker:
                    continue
                found = []
                for sign in (1.0, -1.0):
                    cost = np.zeros(len(names))
                    cost[column] = sign
                    solved = linprog(
                        cost,
                        A_ub=np.vstack([whole, -whole]),
                        b_ub=[*(high for _low, high in ends), *(-low for low, _high in ends)],
                        bounds=known_to,
                    )
                    if solved.status != 0:
                        raise RuntimeError(solved.message)
                    found.append(sign * solved.fun)
                tried += 1
                narrow = min(narrow, found[1] - found[0])
    return narrow, tried


def made_skill(key: str) -> str:
    return Competency.objects.get(pk=int(key[1:])).statement


def bands_tell_nothing(publication: Publication, facts: dict[Place, Fact]) -> int:
    """Work each band out again from what is shown beside it; how many bands there are."""
    usual = in_force("disclosure", "bands", publication.rule_since).values
    assumed = in_force("disclosure", "estimates", publication.rule_since).values
    tail = NormalDist().inv_cdf((1 + assumed["confidence"]) / 2)
    answering = {r.role.title: (r.answered, r.asked) for r in publication.roles.all()}
    answering[ALL] = (publication.answered, publication.asked)
    count = 0
    for place, fact in facts.items():
        if place[0] != "openings" or fact.value is None or fact.low is None or fact.high is None:
            continue
        answered, asked = answering[place[1]]
        n = fact.employers
        if n is None:
            raise RuntimeError(f"{fact} does not say how many employers")
        alone = min(1.0, usual["gathered"] / n)
        square = usual["own"] ** 2 * ((1 - assumed["shock"]) * alone + assumed["shock"])
        square += usual["between"] ** 2 * (1 - answered / asked) / n
        half = tail * fact.value * square**0.5
        if (fact.low, fact.high) != (int(max(0.0, fact.value - half)), -int(-(fact.value + half))):
            raise RuntimeError(f"The band of {fact} is not that of figures like it")
        count += 1
    return count
