"""What people do with profiles: who may, from which state, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils import timezone

from backcast.core.actor import Actor, NotAllowed, acting
from backcast.core.models import AuditEntry
from backcast.demand.figures import Importance, Named, Requirement
from backcast.demand.models import LineConsensus, LineOpinion, ProfileLine, ProfileVersion
from backcast.demand.profiles import access, actions, opinions, sources
from backcast.demand.profiles.lifecycle import STEPS, State, state_of, steps_for
from backcast.demand.profiles.values import Necessity, Origin, Stance
from backcast.frameworks.models import (
    Competency,
    Occupation,
    OccupationMatch,
    OccupationSkill,
    Rating,
    Release,
)
from tests.cast import TESTS, Cast
from tests.demand.make import make_credential, make_need, make_occupation
from tests.demand.profiles.make import (
    first_line,
    make_competency,
    make_members,
    make_role,
    make_version,
    of_competency,
    of_credential,
    of_words,
)


def _opine(version: ProfileVersion, actor: Actor, employer: Any) -> LineOpinion:
    return opinions.give_opinion(
        first_line(version),
        actor=actor,
        stance=Stance.AGREE,
        employer=employer if actor.is_staff else None,
    )


DO: dict[str, Callable[[ProfileVersion, Actor, Any], Any]] = {
    "change_lines": lambda version, actor, _e: actions.add_lines(
        version, [of_words("Something else")], actor=actor
    ),
    "open_version": lambda version, actor, _e: actions.open_version(version, actor=actor),
    "take_back": lambda version, actor, _e: actions.take_back(version, actor=actor),
    "give_opinion": _opine,
    "approve_version": lambda version, actor, _e: actions.approve_version(version, actor=actor),
    "drop_version": lambda version, actor, _e: actions.drop_version(version, actor=actor),
}
STAFF = {"administrator", "member"}
#: The employer's people belong to the role's collaborative, the other employer's do not.
SPEAKS = STAFF | {"employer", "employer_member"}
ACTORS = sorted(
    SPEAKS
    | {"viewer", "employer_viewer", "other_employer", "provider", "funder", "support"}
    | {"foreign", "anonymous"}
)


def _expected(step: str, who: str) -> type[Exception] | None:
    if who == "viewer":
        return NotAllowed
    if step == "give_opinion" and who == "employer_viewer":
        return NotAllowed
    return None if who in (SPEAKS if step == "give_opinion" else STAFF) else Http404


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(DO))
def test_each_role_takes_each_step_from_each_state_only_as_the_table_says(
    cast: Cast, step: str, state: State
) -> None:
    assert DO.keys() == {name for name, each in STEPS.items() if each.kinds}
    version = make_version(cast, state)
    for who in ACTORS:
        with transaction.atomic():
            version.refresh_from_db()
            actor = cast.actor(who)
            refusal = _expected(step, who)
            if refusal is not None:
                with pytest.raises(refusal):
                    DO[step](version, actor, cast.employer)
            elif STEPS[step].allowed(state):
                with acting(actor):
                    DO[step](version, actor, cast.employer)
                    fresh = ProfileVersion.objects.get(pk=version.pk)
                    target = STEPS[step].targets[state]
                    assert state_of(fresh.status, fresh.is_archived) is target, who
            else:
                with pytest.raises(ValidationError):
                    DO[step](version, actor, cast.employer)
            offered = step in steps_for(actor, state)
            if who != "other_employer" and who != "foreign":
                assert offered == (refusal is None and STEPS[step].allowed(state)), who
            transaction.set_rollback(True)


def test_approving_supersedes_the_version_before(cast: Cast) -> None:
    staff = cast.actor("administrator")
    first = make_version(cast, State.APPROVED)
    second = actions.open_version(
        actions.begin_profile(first.profile.role, actor=staff), actor=staff
    )
    actions.approve_version(second, actor=staff, note="As agreed in March.")
    first.refresh_from_db()
    assert (first.status, second.status) == ("superseded", "approved")
    assert second.approved_by == cast.person("administrator")
    assert second.note == "As agreed in March."
    assert list(first.profile.versions.current()) == [second]


def test_one_version_at_a_time_is_in_the_making(cast: Cast) -> None:
    version = make_version(cast)
    with pytest.raises(ValidationError, match="already being written"):
        actions.begin_profile(version.profile.role, actor=cast.actor("administrator"))


def test_the_number_of_a_dropped_version_is_not_used_again(cast: Cast) -> None:
    staff = cast.actor("administrator")
    dropped = make_version(cast, State.DROPPED)
    assert actions.begin_profile(dropped.profile.role, actor=staff).number == dropped.number + 1


def test_the_next_version_begins_with_the_same_lines_under_the_same_keys(cast: Cast) -> None:
    staff = cast.actor("administrator")
    version = make_version(cast)
    licence = of_credential(make_credential(cast))
    years = of_words("Two years of work", necessity=Necessity.INSTEAD, instead_of=licence.key)
    actions.add_lines(version, [years, licence], actor=staff)
    actions.approve_version(actions.open_version(version, actor=staff), actor=staff)
    later = actions.begin_profile(version.profile.role, actor=staff)
    assert {line.line_key for line in later.lines.all()} == {
        line.line_key for line in version.lines.all()
    }
    copied = later.lines.get(words="Two years of work")
    assert copied.instead_of is not None
    assert copied.instead_of.version == later


def test_a_line_is_added_once_and_what_is_there_already_is_told(cast: Cast) -> None:
    staff = cast.actor("administrator")
    version = make_version(cast, lines=1)
    again = of_competency(make_competency(cast))
    added = actions.add_lines(version, [again, of_words("Speak Spanish")], actor=staff)
    assert [line.name for line in added.lines] == ["Speak Spanish"]
    assert added.known == (again,)


def test_a_level_outside_the_skills_scale_is_refused_beside_its_field(cast: Cast) -> None:
    staff = cast.actor("administrator")
    version = make_version(cast, lines=1)
    with pytest.raises(ValidationError) as refused:
        actions.change_line(first_line(version), actor=staff, level_at_hire=6.0, level_later=7.0)
    assert refused.value.message_dict == {"level_at_hire": ["The levels of this skill are 1 to 5."]}
    new = of_competency(make_competency(cast, "Draw blood"), level_at_hire=0.0)
    with pytest.raises(ValidationError, match="1 to 5"):
        actions.add_lines(version, [new], actor=staff)


def test_words_and_credentials_have_no_level(cast: Cast) -> None:
    staff = cast.actor("administrator")
    version = make_version(cast, lines=1)
    with pytest.raises(ValidationError, match="scale of levels"):
        actions.add_lines(version, [of_words("Be kind", level_at_hire=2.0)], actor=staff)


def test_the_level_after_six_months_is_at_least_the_one_at_hire(cast: Cast) -> None:
    version = make_version(cast, lines=1)
    with pytest.raises(ValidationError, match="at least the one at hire"):
        actions.change_line(
            first_line(version), actor=cast.actor("member"), level_at_hire=4.0, level_later=2.0
        )


def test_something_is_accepted_instead_only_of_a_credential_of_the_version(cast: Cast) -> None:
    staff = cast.actor("administrator")
    version = make_version(cast, lines=1)
    years = actions.add_lines(version, [of_words("Two years of work")], actor=staff).lines[0]
    with pytest.raises(ValidationError, match="Choose a credential"):
        actions.change_line(
            years,
            actor=staff,
            necessity=Necessity.INSTEAD,
            instead_of=first_line(version),
        )
    with pytest.raises(ValidationError, match="accepted instead of"):
        actions.change_line(years, actor=staff, necessity=Necessity.INSTEAD)


def test_a_credential_is_not_removed_from_under_what_stands_in_for_it(cast: Cast) -> None:
    staff = cast.actor("administrator")
    version = make_version(cast, lines=1)
    licence = of_credential(make_credential(cast))
    years = of_words("Two years of work", necessity=Necessity.INSTEAD, instead_of=licence.key)
    rows = {
        row.name: row for row in actions.add_lines(version, [licence, years], actor=staff).lines
    }
    with pytest.raises(ValidationError, match="accepted instead of it"):
        actions.remove_line(rows[licence.item.name], actor=staff)
    actions.remove_line(rows["Two years of work"], actor=staff)
    actions.remove_line(rows[licence.item.name], actor=staff)
    assert version.lines.count() == 1


def test_another_regions_skill_cannot_be_asked_for(cast: Cast) -> None:
    version = make_version(cast, lines=1)
    with acting(TESTS, "tests.make"):
        foreign = Competency.objects.create(
            region=cast.other_region, kind="skill", statement="Foreign", folded="foreign"
        )
    with pytest.raises(ValidationError, match="not in use here"):
        actions.add_lines(
            version,
            [of_competency(foreign, level_at_hire=None, level_later=None)],
            actor=cast.actor("administrator"),
        )


def test_the_database_keeps_what_the_forms_promise(cast: Cast) -> None:
    version = make_version(cast, lines=1)
    row = first_line(version)
    for wrong in (
        {"importance": 6},
        {"necessity": "maybe"},
        {"necessity": "accepted_instead"},
        {"level_at_hire": 4, "level_later": 2},
        {"scale": None},
        {"words": "Both"},
    ):
        with acting(TESTS, "tests.break"), pytest.raises(IntegrityError), transaction.atomic():
            ProfileLine.objects.filter(pk=row.pk).update(**wrong)


# --- where lines come from ------------------------------------------------------------------------


def _asks(item: Any, kind: str, importance: str = "required", level: int | None = None) -> Any:
    return Requirement(kind, Named(item.pk, str(item)), Importance(importance), level)


def test_a_profile_begins_with_what_needs_ask_for_counted_by_employer(cast: Cast) -> None:
    occupation = make_occupation()
    role = make_role(cast, occupation=occupation, members=("employer", "other_employer"))
    licence, vital = make_credential(cast), make_competency(cast)
    named = Named(occupation.pk, occupation.title)
    for level in (2, 4):
        make_need(
            cast,
            occupation=named,
            requirements=(_asks(vital, "competency", "preferred", level),),
        )
    make_need(
        cast,
        "other_employer",
        occupation=named,
        requirements=(
            _asks(vital, "competency", "preferred", 3),
            _asks(licence, "credential"),
            Requirement("words", Named(0, "Two years of work"), Importance.INSTEAD),
        ),
    )
    staff = cast.actor("administrator")
    with acting(staff):
        version = actions.begin_profile(role, actor=staff)
        added = actions.seed_from_needs(version, actor=staff)
    rows = {row.name: row for row in added.lines}
    found = rows[vital.statement]
    assert (found.necessity, found.level_at_hire) == ("preferred", 3.0)
    assert "2 of the 2 employers" in found.source
    assert found.origin == Origin.NEEDS
    assert found.confirmed
    assert rows[licence.name].necessity == "required"
    assert rows["Two years of work"].instead_of == rows[licence.name]


def _rate(occupation: Any, statement: str, importance: float, level: float | None) -> Competency:
    with acting(TESTS, "tests.make"):
        release = Release.objects.get(source="onet")
        made = Competency.objects.create(
            kind="skill",
            source_id=f"2.A.{Competency.objects.count()}",
            statement=statement,
            folded=statement.lower(),
            scale_id="LV",
            first_release=release,
        )
        for scale, value in (("IM", importance), ("LV", level)):
            if value is not None:
                Rating.objects.create(
                    occupation=occupation,
                    competency=made,
                    scale=scale,
                    kind="skill",
                    value=value,
                    first_release=release,
                )
        return made


def test_a_seed_is_preferred_marked_and_holds_up_the_approval_until_confirmed(cast: Cast) -> None:
    occupation = make_occupation()
    _rate(occupation, "Active listening", 3.9, 3.4)
    _rate(occupation, "Speaking", 3.6, None)
    _rate(occupation, "Programming", 1.5, 0.2)
    staff = cast.actor("administrator")
    version = actions.begin_profile(make_role(cast, occupation=occupation), actor=staff)
    rows = {r.name: r for r in actions.seed_from_onet(version, actor=staff).lines}
    assert rows.keys() == {"Active listening", "Speaking"}
    listening = rows["Active listening"]
    assert (listening.importance, listening.level_at_hire) == (4, 3.0)
    assert (listening.necessity, listening.origin) == ("preferred", "seed")
    assert not listening.confirmed
    assert "O*NET 30.1: importance 3.9 of 5, level 3.4 of 7" in listening.source
    assert rows["Speaking"].level_at_hire is None

    actions.open_version(version, actor=staff)
    opinions.give_opinion(listening, actor=cast.actor("employer"), stance=Stance.AGREE)
    with acting(staff):
        with pytest.raises(
            ValidationError, match="No employer has confirmed this line yet: Speaking"
        ):
            actions.approve_version(version, actor=staff)
        actions.remove_line(rows["Speaking"], actor=staff)
        actions.approve_version(version, actor=staff)
    listening.refresh_from_db()
    assert listening.confirmed


def test_a_withdrawn_skill_is_flagged_with_its_successor_and_holds_up_the_approval(
    cast: Cast,
) -> None:
    occupation = make_occupation()
    old, new = _rate(occupation, "Listening", 4.0, 4.0), _rate(occupation, "Hearing", 4.0, 4.0)
    staff = cast.actor("administrator")
    version = actions.begin_profile(make_role(cast), actor=staff)
    actions.add_lines(version, [of_competency(old)], actor=staff)
    actions.open_version(version, actor=staff)
    with acting(TESTS, "tests.withdraw"):
        old.withdrawn_in, old.successor = Release.objects.get(source="onet"), new
        old.save()
    rows = list(access.lines(version))
    rows[0].version = version
    [flag] = access.withdrawn(rows)
    assert flag.successor == new
    with pytest.raises(ValidationError, match="No longer in use: “Listening”"):
        actions.approve_version(version, actor=staff)
    replaced = actions.replace_competency(rows[0], new, actor=staff)
    assert (replaced.competency, replaced.level_at_hire) == (new, 2.0)
    actions.approve_version(version, actor=staff)


def test_a_skill_on_another_scale_takes_no_levels_along(cast: Cast) -> None:
    other = _rate(make_occupation(), "Hearing", 4.0, 4.0)
    version = make_version(cast, lines=1)
    replaced = actions.replace_competency(first_line(version), other, actor=cast.actor("member"))
    assert (replaced.level_at_hire, replaced.level_later, replaced.scale_id) == (None, None, "LV")


# --- opinions -------------------------------------------------------------------------------------


def test_an_employer_dissents_with_a_proposal_and_a_reason(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    employer = cast.actor("employer")
    with acting(employer):
        said = opinions.give_opinion(
            first_line(version),
            actor=employer,
            stance=Stance.DISSENT,
            necessity="preferred",
            level_at_hire=1.0,
            reason="We teach this in the first week.",
        )
        assert (said.stance, said.necessity, said.level_at_hire) == ("dissent", "preferred", 1.0)
        assert said.person == cast.person("employer")
        assert not said.by_staff
        assert AuditEntry.objects.filter(table="demand_lineopinion", row_id=said.pk).exists()


def test_saying_it_again_replaces_what_was_said(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    employer = cast.actor("employer")
    row = first_line(version)
    with acting(employer):
        opinions.give_opinion(row, actor=employer, stance=Stance.DISSENT, reason="No.")
        opinions.give_opinion(row, actor=employer, stance=Stance.AGREE)
        [said] = LineOpinion.objects.filter(line=row)
        assert (said.stance, said.importance, said.reason) == ("agree", row.importance, "")
        opinions.withdraw_opinion(row, actor=employer)
        assert not LineOpinion.objects.filter(line=row).exists()


def test_a_dissent_says_what_should_be_different_or_why(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    employer = cast.actor("employer")
    row = first_line(version)
    with pytest.raises(ValidationError, match="what should be different"):
        opinions.give_opinion(row, actor=employer, stance=Stance.DISSENT)
    with pytest.raises(ValidationError, match="1 to 5"):
        opinions.give_opinion(row, actor=employer, stance=Stance.DISSENT, level_at_hire=7.0)
    with pytest.raises(ValidationError, match="not needed"):
        opinions.give_opinion(
            row, actor=employer, stance=Stance.DISSENT, necessity="accepted_instead"
        )


def test_a_link_speaks_for_its_employer_and_names_who_it_is(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    link = replace(cast.actor("employer_member"), label="link:1", person_id=None)
    with acting(link):
        said = opinions.give_opinion(
            first_line(version), actor=link, stance=Stance.AGREE, said_by="Chris, night manager"
        )
        assert (said.person, said.said_by, said.by_staff) == (None, "Chris, night manager", False)


def test_staff_speak_for_a_member_and_it_is_marked(cast: Cast) -> None:
    version = make_version(cast, State.OPEN)
    staff = cast.actor("member")
    row = first_line(version)
    with acting(staff):
        said = opinions.give_opinion(
            row, actor=staff, stance=Stance.AGREE, employer=cast.employer, said_by="Chris"
        )
        assert said.by_staff
        with pytest.raises(ValidationError, match="which employer"):
            opinions.give_opinion(row, actor=staff, stance=Stance.AGREE)
        with pytest.raises(Http404):
            opinions.give_opinion(
                row, actor=staff, stance=Stance.AGREE, employer=cast.other_employer
            )


def test_nobody_speaks_for_another_employer(cast: Cast) -> None:
    role = make_role(cast, members=("employer", "other_employer"))
    version = make_version(cast, State.OPEN, role=role)
    with pytest.raises(Http404):
        opinions.give_opinion(
            first_line(version),
            actor=cast.actor("employer"),
            stance=Stance.AGREE,
            employer=cast.other_employer,
        )


def test_agreeing_to_the_rest_leaves_what_was_said_alone(cast: Cast) -> None:
    version = make_version(cast, State.OPEN, lines=3)
    employer = cast.actor("employer")
    with acting(employer):
        opinions.give_opinion(
            first_line(version), actor=employer, stance=Stance.DISSENT, reason="No."
        )
        assert opinions.agree_to_rest(version, actor=employer) == 2
        assert LineOpinion.objects.filter(stance="dissent").count() == 1
        assert opinions.agree_to_rest(version, actor=employer) == 0


def test_what_employers_said_together_is_published_only_where_enough_answered(cast: Cast) -> None:
    version = make_version(cast, State.OPEN, lines=2)
    staff = cast.actor("administrator")
    rows = list(version.lines.order_by("order"))
    with acting(staff):
        members = [cast.employer, *make_members(cast, version.profile.role, 3)]
        for employer in members:
            opinions.give_opinion(rows[0], actor=staff, stance=Stance.AGREE, employer=employer)
        for employer in members[:2]:
            opinions.give_opinion(rows[1], actor=staff, stance=Stance.AGREE, employer=employer)
        actions.approve_version(version, actor=staff)
        [told] = LineConsensus.objects.filter(line__version=version)
    assert (told.line, told.answered) == (rows[0], 4)
    assert (told.agreement, told.agreeing) == ("nearly_all", None)
    assert told.level_at_hire == 2.0
    assert version.asked == 4


@pytest.mark.parametrize("who", ["other_employer", "provider", "funder", "foreign", "anonymous"])
def test_the_database_shows_nobody_another_employers_opinion(cast: Cast, who: str) -> None:
    role = make_role(cast, members=("employer", "other_employer"))
    version = make_version(cast, State.OPEN, role=role)
    with acting(cast.actor("employer")):
        opinions.give_opinion(
            first_line(version),
            actor=cast.actor("employer"),
            stance=Stance.DISSENT,
            reason="Secret",
        )
    with acting(cast.actor(who)):
        assert not LineOpinion.objects.exists()
        assert not LineOpinion.objects.filter(reason="Secret").update(reason="Changed")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM demand_lineopinion")
            assert cursor.fetchone() == (0,)
    with acting(cast.actor("viewer")):
        assert LineOpinion.objects.count() == 1


def test_a_comment_day_in_the_past_is_refused(cast: Cast) -> None:
    version = make_version(cast)
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(ValidationError, match="in the past"):
        actions.open_version(version, actor=cast.actor("member"), comment_by=yesterday)


def test_an_empty_version_is_not_opened(cast: Cast) -> None:
    staff = cast.actor("administrator")
    empty = actions.begin_profile(make_role(cast), actor=staff)
    with pytest.raises(ValidationError, match="at least one line"):
        actions.open_version(empty, actor=staff)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("viewer", {"draft", "open", "approved", "superseded"}),
        ("employer", {"open", "approved", "superseded"}),
        ("provider", {"approved", "superseded"}),
        ("other_employer", set()),
        ("foreign", set()),
    ],
)
def test_each_reads_the_versions_that_are_theirs_to_read(
    cast: Cast, who: str, seen: set[str]
) -> None:
    for state in (State.DRAFT, State.OPEN, State.SUPERSEDED):
        make_version(cast, state, role=make_role(cast, f"Role {state}"))
    actor = cast.actor(who)
    with acting(actor):
        assert set(access.versions(actor).values_list("status", flat=True)) == seen
        assert access.profiles(actor).exists() == bool(seen)
    for nobody in ("funder", "support", "anonymous"):
        with pytest.raises(Http404):
            access.versions(cast.actor(nobody))


def test_an_employer_waits_on_what_it_has_not_spoken_of(cast: Cast) -> None:
    version = make_version(cast, State.OPEN, lines=3)
    employer = cast.actor("employer")
    with acting(employer):
        [waiting] = access.waiting(employer)
        assert (waiting, waiting.left) == (version, 3)
        opinions.agree_to_rest(version, actor=employer)
        assert not access.waiting(employer).exists()


def test_a_seed_from_esco_takes_the_essential_skills_of_the_occupation_that_means_the_same(
    cast: Cast,
) -> None:
    occupation = make_occupation()
    with acting(TESTS, "tests.make"):
        release = Release.objects.create(
            source="esco",
            version="1.2",
            order=1,
            loaded_at=timezone.now(),
            attribution="made up",
            licence="made up",
        )
        same = Occupation.objects.create(
            title="care worker",
            folded="care worker",
            code="5321.1",
            source_id="esco:1",
            first_release=release,
        )
        OccupationMatch.objects.create(
            onet_code=occupation.code,
            esco_uri="esco:1",
            esco_title="care worker",
            kind="exact",
            first_release=release,
        )
        for number, (statement, essential) in enumerate((("Wash", True), ("Paint", False))):
            skill = Competency.objects.create(
                kind="skill",
                source_id=f"esco:s{number}",
                statement=statement,
                folded=statement.lower(),
                first_release=release,
            )
            OccupationSkill.objects.create(
                occupation=same, competency=skill, essential=essential, first_release=release
            )
    staff = cast.actor("administrator")
    role = make_role(cast, occupation=occupation)
    assert sources.seeds(role) == (False, True)
    version = actions.begin_profile(role, actor=staff)
    [line] = actions.seed_from_esco(version, actor=staff).lines
    assert (line.name, line.necessity, line.origin) == ("Wash", "required", "seed")
    assert not line.confirmed


def test_how_a_roles_profile_stands_is_told_by_role(cast: Cast) -> None:
    staff = cast.actor("administrator")
    role, other = make_role(cast), make_role(cast, "Another role")
    version = make_version(cast, State.APPROVED, role=role)
    actions.begin_profile(role, actor=staff)
    with acting(staff):
        told = access.standing(staff, [role, other])
    assert told.keys() == {role.pk}
    assert (told[role.pk].approved, told[role.pk].making) == (1, 2)
    assert told[role.pk].profile == version.profile.public_id
