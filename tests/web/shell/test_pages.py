"""Home, refusals, the header, the thread and charts."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import Client, RequestFactory

from backcast.core.actor import NOBODY, Actor, Kind
from backcast.web import errors, navigation
from backcast.web.charts import OverTime, Series, Share, Shares, Span, Swing, Timeline, Tornado
from backcast.web.home import views
from backcast.web.home.items import Item, StateLine
from backcast.web.templatetags.backcast import money, number, percent
from backcast.web.thread import stages
from tests.cast import Cast, make_membership, sign_in


def render(text: str, **context: object) -> str:
    request: HttpRequest = RequestFactory().get("/")
    return str(engines["django"].from_string(text).render(context, request))


def test_a_visitor_is_told_what_this_is_and_how_to_sign_in(db: None) -> None:
    html = Client().get("/").content.decode()
    assert "Sign in" in html
    assert "What needs you" not in html


def test_home_names_the_organisation_one_acts_for(cast: Cast) -> None:
    html = cast.client("employer").get("/").content.decode()
    assert "What needs you" in html
    assert "Test Hospital" in html
    assert "Other Test Hospital" not in html


def test_home_puts_urgent_things_first_and_shows_a_handful(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [Item("Look", f"at {n}", f"/{n}", urgent=n == 6) for n in range(7)]
    lines = [StateLine("Needs", 12, "/needs")]
    monkeypatch.setattr(views, "collected", lambda actor: views.in_order(items, lines))
    html = cast.client("employer").get("/").content.decode()
    assert re.findall(r'href="/(\d)"', html) == ["6", "0", "1", "2", "3"]
    assert "And 2 more after these" in html
    assert re.search(r"Needs</a></dt><dd>12<", html)


@pytest.mark.parametrize(
    ("who", "step"),
    [
        ("employer", "State a need"),
        ("provider", "Add a program"),
        ("administrator", "Make a plan"),
        ("employer_viewer", ""),
        ("funder", ""),
    ],
)
def test_home_offers_what_each_kind_of_organisation_comes_to_do(
    cast: Cast, who: str, step: str
) -> None:
    html = cast.client(who).get("/").content.decode()
    steps = ["State a need", "Add a program", "Make a plan"]
    buttons = re.findall(r'<a class="usa-button"[^>]*>([^<]*)</a>', html)
    assert [label for label in buttons if label in steps] == ([step] if step else [])


def test_who_belongs_nowhere_is_told_what_to_do(cast: Cast) -> None:
    from tests.cast import make_person

    html = sign_in(make_person("new@example.org")).get("/").content.decode()
    assert "you do not belong to an organization" in html


def test_the_header_offers_the_other_organisations_of_a_person(cast: Cast) -> None:
    alone = cast.client("employer").get("/").content.decode()
    assert "Switch to" not in alone
    make_membership(cast.person("employer"), cast.provider)
    both = cast.client("employer").get("/").content.decode()
    assert "Switch to" in both
    assert f'name="organisation" value="{cast.provider.public_id}"' in both


def test_every_page_has_a_language_a_skip_link_and_one_main_heading(cast: Cast) -> None:
    html = cast.client("administrator").get("/").content.decode()
    assert '<html lang="en"' in html
    assert 'href="#main"' in html
    assert html.count("<h1") == 1
    assert 'aria-live="polite"' in html


def test_no_page_has_scripts_of_its_own(cast: Cast) -> None:
    html = cast.client("administrator").get("/").content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert " style=" not in html


def test_a_page_that_is_not_there_says_what_to_do(cast: Cast) -> None:
    response = cast.client("employer").get("/nowhere/")
    assert response.status_code == 404
    assert "Check the address" in response.content.decode()


def test_a_refusal_gives_its_reason_safely(cast: Cast) -> None:
    request = RequestFactory().get("/")
    request.user = cast.person("employer")
    response = errors.forbidden(request, Exception("<b>Only staff</b>"))
    assert response.status_code == 403
    assert "&lt;b&gt;Only staff&lt;/b&gt;" in response.content.decode()
    assert "may not change it" in errors.forbidden(request).content.decode()


@pytest.mark.parametrize(
    ("page", "status"), [(errors.bad_request, 400), (errors.csrf_failure, 403)]
)
def test_what_could_not_be_read_says_what_to_do(cast: Cast, page: object, status: int) -> None:
    request = RequestFactory().get("/")
    request.user = cast.person("employer")
    response = page(request)  # type: ignore[operator]
    assert response.status_code == status
    assert "What you can do" in response.content.decode()


def test_a_breakdown_needs_no_database() -> None:
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Nothing of what you just did was saved" in response.content.decode()


def test_the_header_marks_the_place_with_the_longest_matching_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = navigation.Entry("Start", "home", frozenset({Kind.EMPLOYER}))
    monkeypatch.setattr(navigation, "ENTRIES", [entry])
    employer = Actor("person:x", kind=Kind.EMPLOYER)
    assert [link.here for link in navigation.links(employer, "/")] == [True]
    assert [link.here for link in navigation.links(employer, "/needs/")] == [False]
    assert navigation.links(NOBODY, "/") == []


def test_the_thread_says_in_words_where_one_is_and_what_is_missing() -> None:
    bar = stages("program", {"need": ("24 people", "/n"), "plan": "/p"}, {"hire": "6 short"})
    said = {stage.label: (stage.state, stage.status, stage.url) for stage in bar}
    assert [stage.label for stage in bar][:3] == ["Need", "Profile", "Program"]
    assert said["Need"] == ("linked", "24 people", "/n")
    assert said["Program"] == ("here", "you are here", "")
    assert said["Plan"] == ("linked", "linked", "/p")
    (cohort,) = [
        each for each in stages("plan", {"cohort": "4 to start"}) if each.label == "Cohort"
    ]
    assert (cohort.state, cohort.status, cohort.url) == ("linked", "4 to start", "")
    assert said["Hire"] == ("missing", "6 short", "")
    assert said["Outcome"] == ("missing", "none yet", "")
    html = render('{% cotton thread current="need" :links="links" / %}', links={"plan": "/p"})
    assert html.count("<li") == 8
    assert html.count("aria-current") == 1


OVER_TIME = OverTime(
    ["2027-Q1", "2027-Q2"],
    [Series("Needed", [20, None], "demand", "line", low=[14, 1], high=[26, 2])],
    "people",
)
TIMELINE = Timeline([Span("Nursing", date(2027, 1, 4), date(2027, 6, 30), "24 people")], "Program")
TORNADO = Tornado(412, [Swing("Weeks", 405, 421, "twice", "half")], "hires")
SHARES = Shares(
    [Share("Care", 40, "40%"), Share("Talk", None, "not shown")], "Skill", "At it", "Not"
)


@pytest.mark.parametrize(
    "chart", [OVER_TIME, TIMELINE, TORNADO, SHARES], ids=lambda chart: chart.kind
)
def test_a_chart_comes_with_a_table_that_says_the_same(chart: OverTime) -> None:
    html = render(
        '{% cotton chart :chart="chart" id="one" title="T" summary="</script>" / %}', chart=chart
    )
    found = re.search(r'<script id="one-data" type="application/json">(.*?)</script>', html)
    assert found
    assert json.loads(found[1])["kind"] == chart.kind
    assert html.count("<tr>") == 1 + len(chart.rows())
    assert all(len(row) == len(chart.header()) for row in chart.rows())
    assert 'role="img"' in html


def test_a_band_stands_in_the_table_too() -> None:
    assert OVER_TIME.rows() == [["2027-Q1", "20 (14 to 26)"], ["2027-Q2", "– (1 to 2)"]]


def test_a_figure_says_its_unit_interval_and_basis() -> None:
    html = render(
        '{% cotton figure value="83%" interval="76% to 89%" n="120" basis="observed" href="/s" / %}'
    )
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert text == "83% (76% to 89%) based on 120 observed Where from"


def test_progress_asks_again_until_it_is_done() -> None:
    running = render('{% cotton progress label="Planning" done="3" total="9" poll="/job" / %}')
    assert 'hx-get="/job"' in running
    assert "3 of 9" in running
    done = render('{% cotton progress label="Planning" :finished="True" poll="/job" / %}')
    assert "hx-get" not in done
    assert "<progress" not in done


def test_numbers_are_written_for_people() -> None:
    assert number(1234567) == "1,234,567"
    assert number(None) == "–"
    assert percent(0.834) == "83%"
    assert percent(None) == "–"
    assert money(1200000) == "$1,200,000"
    assert money(-5, 2) == "-$5.00"


@pytest.mark.parametrize(
    ("kind", "path", "here"),
    [
        (Kind.EMPLOYER, "/organisations/1/", "Our organization"),
        (Kind.INTERMEDIARY, "/labour-areas/", "Organizations"),
        (Kind.INTERMEDIARY, "/overview/", "Plans"),
        (Kind.FUNDER, "/overview/programs/", "Programs"),
        (Kind.FUNDER, "/", "Home"),
        (Kind.FUNDER, "/account/", ""),
    ],
)
def test_the_header_says_where_one_is(kind: Kind, path: str, here: str) -> None:
    links = navigation.links(Actor("tests", kind=kind), path)
    assert [link.label for link in links if link.here] == ([here] if here else [])
