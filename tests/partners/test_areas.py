"""Labour areas and the places in them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from backcast.core.actor import NotAllowed, acting
from backcast.partners import actions
from backcast.partners.models import LabourArea, Site
from backcast.partners.places import area_of, county_name
from tests.cast import TESTS, Cast, make_site


def site_in(cast: Cast, county: str, state: str = "NJ") -> Site:
    return actions.save_site(
        None,
        actor=cast.actor("employer"),
        organisation=cast.employer,
        name=f"Site in {county}",
        county=county,
        state=state,
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Bergen", "Bergen"),
        ("  Cape   May County", "Cape May"),
        ("Union co.", "Union"),
        ("County", "County"),
        ("", ""),
    ],
)
def test_a_county_is_kept_by_its_bare_name(written: str, kept: str) -> None:
    assert county_name(written) == kept


def test_the_county_decides_the_area_of_a_site(cast: Cast) -> None:
    assert site_in(cast, "bergen county", "nj").area == cast.area
    assert site_in(cast, "Sussex").area is None
    assert area_of(cast.region.pk, "NJ", "") is None


def test_areas_of_another_region_do_not_count(cast: Cast) -> None:
    assert area_of(cast.other_region.pk, "NJ", "Camden") is None
    assert area_of(cast.other_region.pk, "NJ", "Bergen") == cast.foreign_area


def test_a_county_in_two_areas_is_refused_and_the_other_area_named(cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        actions.add_area(
            actor=cast.actor("member"), name="East", counties=[("NJ", "BERGEN"), ("NJ", "Essex")]
        )
    assert "already belongs to the area North" in str(refused.value.message_dict["counties"])
    assert not LabourArea.objects.filter(name="East").exists()


def test_sites_follow_their_counties(cast: Cast) -> None:
    site = site_in(cast, "Sussex")
    area = actions.add_area(
        actor=cast.actor("member"),
        name="Hills",
        counties=[("NJ", "Sussex"), ("NJ", "sussex county")],
        adjoining=[cast.area],
    )
    site.refresh_from_db()
    assert site.area == area
    assert area.counties.count() == 1
    assert list(cast.area.adjoining.all()) == [area]
    actions.edit_area(area, actor=cast.actor("member"), name="Hills", counties=[("NJ", "Warren")])
    site.refresh_from_db()
    assert site.area is None
    assert not cast.area.adjoining.exists()


def test_an_area_with_sites_is_not_archived(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="sites lie in this area"):
        actions.archive_area(cast.area, actor=cast.actor("member"))


def test_an_archived_area_keeps_its_counties_until_it_is_back(cast: Cast) -> None:
    area = actions.add_area(actor=cast.actor("member"), name="Hills", counties=[("NJ", "Sussex")])
    actions.archive_area(area, actor=cast.actor("member"))
    site = site_in(cast, "Sussex")
    assert site.area is None
    with pytest.raises(ValidationError, match="archived area Hills"):
        actions.add_area(actor=cast.actor("member"), name="Other", counties=[("NJ", "Sussex")])
    actions.restore_area(area, actor=cast.actor("member"))
    site.refresh_from_db()
    assert site.area == area


@pytest.mark.parametrize("place", [("", "Bergen"), ("NJ", ""), ("New Jersey", "Essex")])
def test_what_is_no_county_is_refused(cast: Cast, place: tuple[str, str]) -> None:
    with pytest.raises(ValidationError, match="is not a county"):
        actions.add_area(actor=cast.actor("member"), name="East", counties=[place])


def test_only_staff_who_may_change_things_define_areas(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.add_area(actor=cast.actor("viewer"), name="East", counties=[("NJ", "Essex")])
    with pytest.raises(Http404):
        actions.add_area(actor=cast.actor("employer"), name="East", counties=[("NJ", "Essex")])


def test_a_site_without_a_county_keeps_the_area_it_was_given(cast: Cast) -> None:
    site = make_site(cast.provider, cast.other_area, "Given")
    with acting(TESTS):
        Site.objects.filter(pk=site.pk).update(county="")
    actions.add_area(actor=cast.actor("member"), name="East", counties=[("NJ", "Essex")])
    site.refresh_from_db()
    assert site.area == cast.other_area


def test_an_organisation_names_each_site_once(cast: Cast) -> None:
    site_in(cast, "Bergen")
    with pytest.raises(ValidationError, match="already has a site with this name"):
        site_in(cast, "Bergen")
