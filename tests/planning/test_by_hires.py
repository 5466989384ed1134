"""Stated needs corrected by who was hired after past waves, where staff choose so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backcast.core.actor import acting
from backcast.core.quarters import Quarter
from backcast.demand.models import Hired, Role, Wave
from backcast.planning import actions
from backcast.planning.build import build, fingerprint
from backcast.planning.hires import enough
from tests.cast import Cast
from tests.demand.regional.make import make_answered, make_half_hired, make_members
from tests.planning.world import make_plan, make_world, settings, today

pytestmark = pytest.mark.django_db


def make_waves(cast: Cast, occupation: int, waves: int) -> None:
    """Waves that are over; everybody hired half as many as they had expected."""
    collaborative, employers = make_members(cast)
    staff = cast.actor("administrator")
    for number in range(waves):
        first = Quarter.of(timezone.localdate()) + -2 * (waves - number)
        wave = make_answered(cast, collaborative=collaborative, name=f"Wave {number}", first=first)
        with acting(staff, "tests.hire"):
            role = Role.objects.get(title="Nursing assistant")
            Role.objects.filter(pk=role.pk).update(occupation=occupation)
            frozen = timezone.now() - timedelta(days=10 * (waves - number))
            Wave.objects.filter(pk=wave.pk).update(frozen_at=frozen)
            make_half_hired(cast, wave, role, employers)


@pytest.mark.parametrize("waves", [1, 3])
def test_needs_are_corrected_only_where_staff_choose_so_and_waves_are_enough(
    cast: Cast, waves: int
) -> None:
    need, _program = make_world(cast)
    assert need.occupation_id is not None
    make_waves(cast, need.occupation_id, waves)
    staff = cast.actor("administrator")
    with acting(staff):
        plain = build(cast.region, settings(), today()).problem
        chosen = build(cast.region, settings(by_hires=True), today()).problem
        assert enough(cast.region) is (waves > 1)
    assert plain.need_spread is None
    if waves == 1:
        assert chosen == plain
        return
    assert chosen.need_spread is not None
    for before, after in zip(plain.needs, chosen.needs, strict=True):
        assert 0.4 * before.mean < after.mean < 0.8 * before.mean
        assert "of 100 expected in the past" in after.source


def test_a_plan_remembers_the_choice_and_is_out_of_date_when_hires_change(cast: Cast) -> None:
    need, _program = make_world(cast)
    assert need.occupation_id is not None
    make_waves(cast, need.occupation_id, 2)
    staff = cast.actor("administrator")
    plan = make_plan(cast, by_hires=True)
    with acting(staff):
        assert actions.settings_of(plan).by_hires
        assert actions.problem_of(plan).need_spread is not None
        assert fingerprint(cast.region, actions.settings_of(plan)) == plan.fingerprint
        plain = fingerprint(cast.region, settings())
        row = Hired.objects.first()
        assert row is not None
        row.people += 1
        row.save()
        assert fingerprint(cast.region, actions.settings_of(plan)) != plan.fingerprint
        assert fingerprint(cast.region, settings()) == plain
    again = actions.plan_again(plan, actor=staff, today=today())
    assert again.by_hires


def test_the_form_offers_it_only_after_two_waves(cast: Cast) -> None:
    need, _program = make_world(cast)
    assert need.occupation_id is not None
    client, page = cast.client("administrator"), reverse("plans:new")
    assert b"by_hires" not in client.get(page).content
    make_waves(cast, need.occupation_id, 2)
    assert b"by_hires" in client.get(page).content
