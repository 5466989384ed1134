"""Pages of profiles: what each shows to whom, in how many queries, and what the steps lead to."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from backcast.core.actor import acting
from backcast.demand.models import LineOpinion, ProfileVersion
from backcast.demand.profiles import actions, opinions
from backcast.demand.profiles.lifecycle import State
from backcast.demand.profiles.values import Stance
from tests.cast import Cast
from tests.demand.make import make_credential, make_occupation
from tests.demand.profiles.make import (
    first_line,
    make_competency,
    make_members,
    make_role,
    make_version,
    of_credential,
)


def url(version: ProfileVersion, name: str = "version", *more: Any) -> str:
    return reverse(f"profiles:{name}", args=[version.profile.public_id, version.number, *more])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def dissent_all(cast: Cast, version: ProfileVersion, count: int) -> None:
    """``count`` employers who would only prefer the first line, and agree to the rest."""
    staff = cast.actor("administrator")
    with acting(staff):
        for employer in make_members(cast, version.profile.role, count):
            opinions.give_opinion(
                first_line(version),
                actor=staff,
                stance=Stance.DISSENT,
                employer=employer,
                necessity="preferred",
                reason="Our own reason.",
            )
            opinions.agree_to_rest(version, actor=staff, employer=employer)


def test_staff_see_agreement_spread_and_silence_of_each_line(cast: Cast) -> None:
    version = make_version(cast, State.OPEN, lines=4)
    dissent_all(cast, version, 4)
    page = text(cast.client("viewer"), url(version))
    assert "0 of 4 employers agree" in page
    assert "4 of 4 employers agree" in page
    assert "Our own reason." in page
    assert "1 silent" in page
    assert "No word yet from Test Hospital" in page
    assert "Few ask for it: 0 of the 4 employers who answered would require it." in page


def test_no_employer_sees_what_another_said(cast: Cast) -> None:
    role = make_role(cast, members=("employer", "other_employer"))
    version = make_version(cast, State.OPEN, role=role)
    dissent_all(cast, version, 3)
    other = cast.client("other_employer")
    for address in (url(version), url(version, "comment"), url(version) + "?export=csv"):
        page = text(other, address)
        assert "Our own reason." not in page
        assert "Clinic" not in page
        assert "of 3 employers" not in page


def test_an_approved_version_shows_employers_what_enough_said_together(cast: Cast) -> None:
    version = make_version(cast, State.OPEN, lines=3)
    dissent_all(cast, version, 3)
    with acting(cast.actor("administrator")):
        actions.approve_version(version, actor=cast.actor("administrator"))
    for who in ("employer", "provider"):
        page = text(cast.client(who), url(version))
        assert "Nearly all of 3 employers agree" in page
        assert "Hardly any of 3 employers agree" in page
        assert "Our own reason." not in page
        assert "Clinic" not in page


def test_too_few_answers_are_not_shown_to_employers(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    dissent_all(cast, version, 2)
    with acting(cast.actor("administrator")):
        actions.approve_version(version, actor=cast.actor("administrator"))
    page = text(cast.client("employer"), url(version))
    assert "Not shown: too few answered" in page
    assert "of 2 employers" not in page


@pytest.mark.parametrize("who", ["administrator", "employer"])
def test_a_version_takes_as_many_queries_for_two_lines_as_for_forty(
    cast: Cast, who: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    occupation = make_occupation()
    few = make_version(cast, State.OPEN, role=make_role(cast, "Few", occupation=occupation))
    many = make_version(
        cast, State.OPEN, role=make_role(cast, "Many", occupation=occupation), lines=40
    )
    for version in (few, many):
        dissent_all(cast, version, 2 if version is few else 6)
    client = cast.client(who)
    limit = 34 if who == "administrator" else 20
    for version in (few, many):
        with django_assert_max_num_queries(limit):
            assert client.get(url(version)).status_code == 200


def test_the_table_for_writing_takes_few_queries_however_long_it_is(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    version = make_version(cast, lines=40)
    staff = cast.actor("administrator")
    actions.add_lines(version, [of_credential(make_credential(cast))], actor=staff)
    client = cast.client("administrator")
    with django_assert_max_num_queries(16):
        assert client.get(url(version, "edit")).status_code == 200


def test_the_list_takes_few_queries_however_long_it_is(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(6):
        make_version(cast, State.APPROVED, role=make_role(cast, f"Role {n}"))
    client = cast.client("administrator")
    with django_assert_max_num_queries(9):
        page = text(client, reverse("profiles:list"))
    assert "Role 5" in page


def test_staff_begin_a_profile_add_lines_and_open_it(cast: Cast) -> None:
    role, skill = make_role(cast), make_competency(cast)
    client = cast.client("member")
    answer = client.post(reverse("profiles:new"), {"role": str(role.public_id)})
    version = ProfileVersion.objects.get()
    assert answer["Location"] == url(version, "edit")
    client.post(url(version, "add"), {"kind": "competency", "name": skill.statement})
    client.post(url(version, "add"), {"kind": "words", "name": "Speak Spanish"})
    answer = client.post(
        url(version, "add"), {"kind": "competency", "name": "Nothing of the sort"}, follow=True
    )
    assert "is not on the list" in answer.content.decode()
    assert [line.name for line in version.lines.order_by("order")] == [
        skill.statement,
        "Speak Spanish",
    ]
    client.post(url(version, "open"), {"comment_by": ""})
    version.refresh_from_db()
    assert version.status == "open"


def test_a_skill_with_a_comma_is_found_by_its_name(cast: Cast) -> None:
    version = make_version(cast)
    skill = make_competency(cast, "Set up, run & stop a machine (CNC)")
    cast.client("member").post(url(version, "add"), {"kind": "competency", "name": skill.statement})
    assert version.lines.filter(competency=skill).exists()


def test_a_cell_saves_itself_and_says_what_is_wrong(cast: Cast) -> None:
    version = make_version(cast)
    line = first_line(version)
    client = cast.client("member")
    cells = {
        "necessity": "preferred",
        "importance": "5",
        "level_at_hire": "3",
        "level_later": "4",
        "learned": "on_the_job",
    }
    htmx = {"HX-Request": "true"}
    answer = client.post(url(version, "change", line.line_key), cells, headers=htmx)
    assert "Saved" in answer.content.decode()
    line.refresh_from_db()
    assert (line.necessity, line.importance, line.level_at_hire) == ("preferred", 5, 3.0)
    wrong = cells | {"level_at_hire": "5"}
    answer = client.post(url(version, "change", line.line_key), wrong, headers=htmx)
    assert "at least the one at hire" in answer.content.decode()


def test_an_employer_dissents_on_one_line_and_agrees_to_the_rest(cast: Cast) -> None:
    version = make_version(cast, State.OPEN, lines=3)
    line = first_line(version)
    client = cast.client("employer_member")
    assert "You have answered 0 of 3." in text(client, url(version, "comment"))
    form = {
        "necessity": "preferred",
        "importance": "4",
        "level_at_hire": "2",
        "level_later": "3",
        "reason": "We teach it in the first week.",
    }
    answer = client.post(url(version, "dissent", line.line_key), form)
    assert answer["Location"].endswith(f"#line-{line.line_key}")
    client.post(url(version, "rest"))
    page = text(client, url(version, "comment"))
    assert "You have answered 3 of 3." in page
    assert "We teach it in the first week." in page
    with acting(cast.actor("employer")):
        said = LineOpinion.objects.get(line=line)
        assert (said.necessity, said.importance, said.level_at_hire) == ("preferred", None, None)


def test_a_dissent_that_says_nothing_is_asked_back(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    line = first_line(version)
    form = {"necessity": "required", "importance": "4", "level_at_hire": "2", "level_later": "3"}
    answer = cast.client("employer").post(url(version, "dissent", line.line_key), form)
    assert "Say what should be different, or why." in answer.content.decode()


def test_staff_enter_what_an_employer_told_them(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    line = first_line(version)
    client = cast.client("member")
    assert "Test Hospital" in text(client, url(version, "comment"))
    query = f"?employer={cast.employer.public_id}"
    assert "marked as entered by staff" in text(client, url(version, "comment") + query)
    client.post(
        url(version, "dissent", line.line_key) + query,
        {"necessity": "not_needed", "importance": "", "reason": "", "said_by": "Chris"},
    )
    assert "entered by staff" in text(client, url(version))


def test_what_an_employer_wrote_last_time_is_brought_back_to_its_mind(cast: Cast) -> None:
    staff, employer = cast.actor("administrator"), cast.actor("employer")
    version = make_version(cast, State.OPEN)
    with acting(employer):
        opinions.give_opinion(
            first_line(version), actor=employer, stance=Stance.DISSENT, reason="Too much for us."
        )
    with acting(staff):
        actions.approve_version(version, actor=staff)
        later = actions.open_version(
            actions.begin_profile(version.profile.role, actor=staff), actor=staff
        )
    assert "Too much for us." in text(cast.client("employer"), url(later, "comment"))


def test_the_page_before_approving_says_what_changes_and_who_differs(cast: Cast) -> None:
    staff = cast.actor("administrator")
    first = make_version(cast, State.APPROVED)
    second = actions.begin_profile(first.profile.role, actor=staff)
    actions.change_line(first_line(second), actor=staff, level_at_hire=3.0)
    actions.open_version(second, actor=staff)
    dissent_all(cast, second, 3)
    client = cast.client("administrator")
    page = text(client, url(second, "approve"))
    assert "level at hire raised from 2 to 3" in page
    assert "Our own reason." in page
    assert "Approve as Administrator" in page
    client.post(url(second, "approve"), {"note": "Agreed on March 3."})
    page = text(client, url(second))
    assert "level at hire raised from 2 to 3" in page
    assert "by Administrator" in page
    assert "Agreed on March 3." in page
    page = text(client, reverse("profiles:compare", args=[first.profile.public_id]))
    assert "From version 1 to version 2" in page


def test_a_version_is_taken_along_as_a_table(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    dissent_all(cast, version, 3)
    answer = cast.client("viewer").get(url(version) + "?export=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[0]["Employers who answered"] == "3"
    assert rows[0]["Who has not answered"] == "Test Hospital"
    mine = cast.client("employer").get(url(version) + "?export=csv")
    told = list(csv.DictReader(io.StringIO(mine.content.decode("utf-8-sig"))))
    assert told[0]["Employers who answered"] == ""
    assert "Who has not answered" not in told[0]


def test_home_asks_employers_to_say_and_staff_to_settle_or_approve(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    comment = url(version, "comment")
    assert comment in text(cast.client("employer"), reverse("home"))
    assert comment not in text(cast.client("other_employer"), reverse("home"))
    with acting(cast.actor("employer")):
        opinions.agree_to_rest(version, actor=cast.actor("employer"))
    assert comment not in text(cast.client("employer"), reverse("home"))
    assert url(version, "approve") in text(cast.client("member"), reverse("home"))
    dissent_all(cast, version, 3)
    assert "3 employers differ" in text(cast.client("member"), reverse("home"))
