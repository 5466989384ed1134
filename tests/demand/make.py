"""Needs and what they refer to, made in the cast's region."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from backcast.core.actor import Actor, acting
from backcast.core.quarters import Quarter
from backcast.demand import actions
from backcast.demand.figures import Cause, Named, Offer, Openings, Statement
from backcast.demand.models import Need
from backcast.frameworks.models import Credential, Occupation, OccupationTitle, Release
from tests.cast import TESTS, Cast


def now() -> Quarter:
    return Quarter.of(timezone.localdate())


def openings(likely: int = 4, *, after: int = 1, cause: Cause = Cause.GROWTH) -> Openings:
    return Openings(now() + after, cause, likely - likely // 2, likely, likely * 2)


def make_occupation(title: str = "Nursing Assistants", code: str = "31-1131.00") -> Occupation:
    with acting(TESTS, "tests.make"):
        release, _new = Release.objects.get_or_create(
            source="onet",
            version="30.1",
            defaults={
                "order": 1,
                "loaded_at": timezone.now(),
                "attribution": "made up",
                "licence": "made up",
            },
        )
        found, _new = Occupation.objects.get_or_create(
            code=code,
            defaults={
                "soc": code[:7],
                "title": title,
                "folded": title.lower(),
                "first_release": release,
            },
        )
        OccupationTitle.objects.get_or_create(
            occupation=found,
            kind="t",
            title=found.title,
            short="",
            first_release=release,
            defaults={"folded": found.folded},
        )
        return found


def make_credential(cast: Cast, name: str = "Certified nursing assistant") -> Credential:
    with acting(TESTS, "tests.make"):
        return Credential.objects.create(
            region=cast.region, name=name, folded=name.lower(), kind="certification"
        )


def make_statement(cast: Cast, employer: str = "employer", **changes: Any) -> Statement:
    organisation, site = cast.organisations[employer], cast.sites[employer]
    statement = Statement(
        employer=Named(organisation.pk, organisation.name),
        site=Named(site.pk, site.name),
        role_title="Nursing assistant, nights",
        wage_low=Decimal("19.50"),
        openings=(openings(),),
        offers=(Offer("externship_places", 3),),
    )
    return replace(statement, **changes)


def make_need(
    cast: Cast,
    employer: str = "employer",
    *,
    actor: Actor | None = None,
    stated: bool = True,
    **changes: Any,
) -> Need:
    actor = actor or cast.actor("administrator")
    need = actions.draft_need(actor=actor, statement=make_statement(cast, employer, **changes))
    return actions.state_need(need, actor=actor) if stated else need


def in_state(cast: Cast, state: str) -> Need:
    """A need of the cast's employer in one of ``lifecycle.State``."""
    actor = cast.actor("administrator")
    need = make_need(cast, stated=state in ("stated", "withdrawn"))
    if state == "withdrawn":
        actions.withdraw_need(need, actor=actor)
    if state == "archived":
        actions.archive_need(need, actor=actor)
    return need


TOMORROW = timedelta(days=1)
