"""People named in a file: what is understood, what is refused and why, and that counts add up."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from backcast.core.actor import acting, system
from backcast.demand.figures import Named
from backcast.demand.models import WaveEmployer, WaveInvitation
from backcast.demand.refusals import FileRefused
from backcast.demand.waves import actions, inviting
from backcast.demand.waves.inviting import Effect
from backcast.demand.waves.people import PeopleRead, Places, read_people
from backcast.partners.models import CollaborativeMember, Message, Organisation
from tests.cast import Cast
from tests.demand.waves.make import make_invited, make_wave

PLACES = Places(
    (Named(1, "Demo Clinic, Inc."), Named(2, "Demo Clinics LLC"), Named(3, "Harbor Care")),
    (Named(4, "Far Hospital"),),
)
HEAD = ("Employer", "Name", "E-mail", "Language", "Questions")


def people_file(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode()


def read(*rows: tuple[str, ...], told: dict[str, int] | None = None) -> PeopleRead:
    found = read_people(
        people_file(*rows), PLACES, is_address=lambda text: "@" in text and "." in text, told=told
    )
    assert found.rows_in == len(found.people) + found.rows_refused
    assert {refusal.row for refusal in found.refusals}.isdisjoint(one.row for one in found.people)
    assert len({refusal.row for refusal in found.refusals}) == found.rows_refused
    return found


def test_a_row_is_a_person_with_a_language_and_parts() -> None:
    found = read(
        ("Harbor Care", " Ana  Ruiz", "Ana@Example.org", "Español", "Skills; how many people"),
        ("harbor care llc", "", "bo@example.org", "", ""),
    )
    ana, bo = found.people
    assert (ana.employer.id, ana.name, ana.email) == (3, "Ana Ruiz", "ana@example.org")
    assert (ana.language, ana.parts) == ("es", ("numbers", "skills"))
    assert (bo.employer.id, bo.language) == (3, "en")
    assert bo.parts == ("numbers", "work", "skills", "offers")
    assert [str(remark) for remark in found.remarks] == ["Row 3, Employer: Taken as “Harbor Care”."]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            ("Harbor Care", "Ana", "ana at example", "", ""),
            "Row 2, E-mail: “ana at example” is not an e-mail address. Write one address such as "
            "name@example.org; each person has a row.",
        ),
        (("Harbor Care", "Ana", "", "", ""), "Row 2, E-mail: The cell is empty. Fill it in."),
        (("", "Ana", "a@b.org", "", ""), "Row 2, Employer: The cell is empty. Fill it in."),
        (
            ("Harbor Care", "Ana", "a@b.org", "Klingon", ""),
            "Row 2, Language: There are no questions in “Klingon”. Write English or Spanish; an "
            "empty cell means English.",
        ),
        (
            ("Harbor Care", "Ana", "a@b.org", "", "wages"),
            "Row 2, Questions: “wages” is no group of questions. Write one or more of: How many "
            "people; The work; Skills; What you offer. An empty cell means all.",
        ),
        (
            ("Far Hospital", "Ana", "a@b.org", "", ""),
            "Row 2, Employer: “Far Hospital” is not in this collaborative. Add it to the "
            "collaborative first, then read the file again.",
        ),
        (
            ("Harbor Care", "=1+1", "a@b.org", "", ""),
            "Row 2, Name: “=1+1” starts with a sign that a spreadsheet would run. Start the text "
            "with a letter or a number.",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_remedy(row: tuple[str, ...], message: str) -> None:
    found = read(row)
    assert [str(refusal) for refusal in found.refusals] == [message]


def test_every_wrong_cell_of_a_row_is_told_at_once() -> None:
    found = read(("Nowhere", "Ana", "ana", "Klingon", "wages"))
    assert [refusal.field for refusal in found.refusals] == [
        "Employer",
        "E-mail",
        "Language",
        "Questions",
    ]
    assert found.rows_refused == 1


def test_a_person_named_twice_for_one_employer_is_asked_once() -> None:
    found = read(
        ("Harbor Care", "Ana", "ana@example.org", "", ""),
        ("Harbor Care", "Ana", "ANA@example.org", "", ""),
        ("Demo Clinic, Inc.", "Ana", "ana@example.org", "", ""),
    )
    assert [one.row for one in found.people] == [2, 4]
    assert str(found.refusals[0]).startswith("Row 3, E-mail: Row 2 already asks ana@example.org")
    assert "more than one employer" in str(found.remarks[0])


def test_an_unknown_employer_is_told_by_the_reader_and_its_rows_count() -> None:
    rows = (
        ("Harbour Care", "Ana", "ana@example.org", "", ""),
        ("Harbour Care Inc", "Bo", "bo@example.org", "", ""),
    )
    found = read(*rows)
    [unknown] = found.unknown
    assert (unknown.name, unknown.rows) == ("Harbour Care", (2, 3))
    assert unknown.near == Named(3, "Harbor Care")
    assert found.people == ()
    assert len(read(*rows, told={"harbour care": 3}).people) == 2
    assert read(*rows, told={"harbour care": 99}).people == ()


def test_rows_that_name_only_an_employer_ask_nobody() -> None:
    found = read(("Harbor Care", "", "", "", ""), ("EXAMPLE – x", "A", "a@b.org", "", ""))
    assert (found.rows_in, found.nobody, found.examples, found.refusals) == (0, 1, 1, ())


def test_a_file_without_the_columns_is_refused_as_a_whole() -> None:
    with pytest.raises(FileRefused, match="Employer, Name, E-mail"):
        read_people(b"one,two\n1,2\n", PLACES, is_address=bool)


# --- in a wave --------------------------------------------------------------------------------


def row(
    cast: Cast, email: str, name: str = "", more: tuple[str, str] = ("", "")
) -> tuple[str, ...]:
    return (cast.employer.name, name, email, *more)


def asked(wave: Any) -> dict[str, tuple[str, list[str], bool]]:
    rows = WaveInvitation.objects.filter(wave=wave, ended_at=None)
    return {one.email: (one.language, one.parts, one.sent_at is not None) for one in rows}


def test_people_are_invited_at_once_and_again_changes_only_what_changed(cast: Cast) -> None:
    wave = make_wave(cast, status="draft")
    staff = cast.actor("administrator")
    content = people_file(
        row(cast, "ana@example.org", "Ana", ("Spanish", "Skills")), row(cast, "nobody", "Bo")
    )
    done = inviting.invite_people(wave, actor=staff, content=content)
    assert (done.count(Effect.NEW), done.reading.rows_refused) == (1, 1)
    with acting(staff):
        assert asked(wave) == {"ana@example.org": ("es", ["skills"], False)}
        again = inviting.prepare(wave, actor=staff, content=content)
    assert not again.does_something
    content = people_file(row(cast, "ana@example.org", "", ("English", "")))
    changed = inviting.invite_people(wave, actor=staff, content=content)
    assert changed.count(Effect.CHANGES) == 1
    with acting(staff):
        one = WaveInvitation.objects.get(wave=wave)
        assert (one.name, one.language, len(one.parts)) == ("Ana", "en", 4)


def test_in_an_open_wave_the_links_leave_at_once_also_for_who_joined_since(cast: Cast) -> None:
    wave = make_wave(cast)
    staff = cast.actor("administrator")
    with acting(staff, "tests.join"):
        late = Organisation.objects.create(region=cast.region, kind="employer", name="Late Clinic")
        CollaborativeMember.objects.create(
            collaborative=wave.collaborative,
            employer=late,
            size="small",
            headcount=20,
            joined_on="2026-11-01",
        )
    content = people_file(("Late Clinic", "Lu", "lu@example.org", "", ""))
    inviting.invite_people(wave, actor=staff, content=content)
    with acting(staff):
        assert asked(wave)["lu@example.org"][2]
        place = WaveEmployer.objects.get(wave=wave, employer=late)
        assert (place.headcount, late.sites.count()) == (20, 1)
    with acting(system("tests")):
        assert Message.objects.filter(recipient="lu@example.org").count() == 1


def test_whose_invitation_was_withdrawn_is_not_asked_again_by_a_file(cast: Cast) -> None:
    invitation, _token = make_invited(cast)
    staff = cast.actor("administrator")
    actions.withdraw_invitation(invitation, actor=staff)
    with acting(staff):
        found = inviting.prepare(
            invitation.wave, actor=staff, content=people_file(row(cast, invitation.email))
        )
    assert found.entries == ()
    assert "was withdrawn on" in str(found.reading.refusals[0])


def test_the_workbook_that_is_handed_out_reads_back_as_it_is(cast: Cast) -> None:
    invitation, _token = make_invited(cast, language="es", parts=("skills", "offers"))
    staff = cast.actor("administrator")
    with acting(staff):
        content = inviting.workbook(invitation.wave, actor=staff)
        found = inviting.prepare(invitation.wave, actor=staff, content=content)
    assert [entry.effect for entry in found.entries] == [Effect.SAME]
    assert (found.reading.rows_refused, found.reading.examples, found.reading.nobody) == (0, 1, 1)


def test_nobody_is_invited_where_one_invitation_fails(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = make_wave(cast, status="draft")
    staff = cast.actor("administrator")
    real, calls = actions.invite, []

    def failing(*args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the second one fails")
        return real(*args)

    monkeypatch.setattr(actions, "invite", failing)
    content = people_file(row(cast, "a@example.org"), row(cast, "b@example.org"))
    with pytest.raises(RuntimeError):
        inviting.invite_people(wave, actor=staff, content=content)
    with acting(staff):
        assert asked(wave) == {}
