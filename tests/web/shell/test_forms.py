"""Every control points at a hint and an error that stand in the page, exactly once."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import formset_factory
from django.http import QueryDict
from django.template import engines
from django.test import RequestFactory

from backcast.web.forms import Rows, problems, quiet

CHOICES = [("a", "One"), ("b", "Two")]


class Stored:
    """A file that was given before, as a bound file field shows it."""

    url = "/media/needs.xlsx"

    def __str__(self) -> str:
        return "needs.xlsx"


FIELDS: dict[str, forms.Field] = {
    "text": forms.CharField(),
    "number": forms.IntegerField(),
    "with_unit": forms.DecimalField(
        widget=forms.NumberInput(attrs={"data-prefix": "$", "data-suffix": "an hour"})
    ),
    "email": forms.EmailField(),
    "url": forms.URLField(assume_scheme="https"),
    "password": forms.CharField(widget=forms.PasswordInput),
    "date": forms.DateField(widget=forms.DateInput(attrs={"type": "date"})),
    "time": forms.TimeField(),
    "datetime": forms.DateTimeField(),
    "area": forms.CharField(widget=forms.Textarea),
    "select": forms.ChoiceField(choices=CHOICES),
    "grouped": forms.ChoiceField(choices=[("Group", CHOICES)]),
    "several": forms.MultipleChoiceField(choices=CHOICES),
    "maybe": forms.NullBooleanField(),
    "radio": forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect),
    "boxes": forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple),
    "box": forms.BooleanField(),
    "file": forms.FileField(widget=forms.FileInput),
    "clearable": forms.FileField(),
    "replaceable": forms.FileField(initial=Stored()),
    "split": forms.SplitDateTimeField(),
    "parts": forms.DateField(widget=forms.SelectDateWidget),
}
GROUPS = {"radio", "boxes", "replaceable", "split", "parts"}


class Page(HTMLParser):
    """The elements of a page with their attributes, and what no HTML may have: one attribute twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.doubled: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _value in attrs)
        self.doubled += [f"{tag} {name}" for name, times in names.items() if times > 1]
        self.elements.append((tag, dict(attrs)))

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _tag, attrs in self.elements if attrs.get("id")]  # type: ignore[misc]

    @property
    def described(self) -> list[tuple[str, list[str]]]:
        return [
            (tag, (attrs["aria-describedby"] or "").split())
            for tag, attrs in self.elements
            if "aria-describedby" in attrs
        ]


def drawn(name: str, *, hint: bool, error: bool) -> Page:
    class One(forms.Form):
        pass

    field = FIELDS[name]
    field.help_text = "What it is for" if hint else ""
    field.required = True
    One.base_fields = {name: field}
    form = One({}, {}) if error else One()
    if error:
        form.errors.clear()
        form.add_error(name, "Mend this so that it works.")
    return Page(str(form))


@pytest.mark.parametrize("error", [False, True], ids=["", "error"])
@pytest.mark.parametrize("hint", [False, True], ids=["", "hint"])
@pytest.mark.parametrize("name", FIELDS)
def test_each_control_has_one_description_of_ids_that_exist(
    name: str, hint: bool, error: bool
) -> None:
    page = drawn(name, hint=hint, error=error)
    expected = [f"id_{name}_hint"] * hint + [f"id_{name}_error"] * error
    assert not page.doubled
    assert max(Counter(page.ids).values()) == 1, "an id stands twice"
    assert set(expected) <= set(page.ids)
    if not expected:
        assert page.described == []
        return
    (tag, ids), *others = page.described
    assert not others
    assert ids == expected
    assert tag == ("fieldset" if name in GROUPS else tag)
    assert tag in {"fieldset", "input", "select", "textarea"}


@pytest.mark.parametrize("name", FIELDS)
def test_each_label_leads_to_a_control_of_the_page(name: str) -> None:
    page = drawn(name, hint=True, error=True)
    leads = [attrs["for"] for tag, attrs in page.elements if tag == "label"]
    controls = {
        attrs.get("id")
        for tag, attrs in page.elements
        if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden"
    }
    assert set(leads) <= controls
    assert leads or name in {"split", "parts"}


@pytest.mark.parametrize("name", FIELDS)
def test_each_line_of_the_summary_leads_to_the_control(name: str) -> None:
    page = drawn(name, hint=False, error=True)
    (target,) = [
        (attrs["href"] or "").removeprefix("#")
        for tag, attrs in page.elements
        if tag == "a" and (attrs["href"] or "").startswith("#")
    ]
    (control,) = [(tag, attrs) for tag, attrs in page.elements if attrs.get("id") == target]
    assert control[0] in {"input", "select", "textarea"}


def test_groups_are_fieldsets_with_a_legend() -> None:
    tags = [tag for tag, _attrs in drawn("radio", hint=False, error=False).elements]
    assert tags.index("fieldset") < tags.index("legend") < tags.index("input")


def test_an_own_description_of_a_widget_is_kept() -> None:
    class One(forms.Form):
        name = forms.CharField(
            help_text="Hint", widget=forms.TextInput(attrs={"aria-describedby": "elsewhere"})
        )

    assert Page(str(One())).described == [("input", ["elsewhere", "id_name_hint"])]


def test_the_units_beside_a_number_are_no_attributes_of_it() -> None:
    page = drawn("with_unit", hint=False, error=False)
    (control,) = [attrs for tag, attrs in page.elements if tag == "input"]
    assert "data-prefix" not in control
    assert control["type"] == "number"


def test_a_form_says_what_browsers_may_fill_in() -> None:
    class Me(forms.Form):
        autocomplete = {"mail": "email"}
        mail = forms.EmailField()
        other = forms.EmailField()

    mail, other = [attrs for tag, attrs in Page(str(Me())).elements if tag == "input"]
    assert mail["autocomplete"] == "email"
    assert "autocomplete" not in other


def test_what_people_typed_is_escaped_everywhere() -> None:
    evil = '"><script>alert(1)</script>'

    class One(forms.Form):
        name = forms.CharField(label=evil, help_text=evil, max_length=3)

    html = str(One({"name": evil}))
    assert "<script" not in html
    assert Page(html).doubled == []


def test_the_summary_takes_the_focus_and_counts() -> None:
    class Two(forms.Form):
        first = forms.CharField(label="What is it called?")
        second = forms.CharField(label="Where")

    html = str(Two({}))
    assert 'tabindex="-1" autofocus' in html
    assert "Please mend 2 things" in html
    assert "What is it called? This field is required." in html
    assert "Where: This field is required." in html
    assert "Please mend" not in str(Two())


def test_a_file_that_was_sent_wrongly_is_named() -> None:
    class One(forms.Form):
        book = forms.FileField()

    form = One({}, {"book": SimpleUploadedFile("empty.xlsx", b"")})
    assert "The submitted file is empty" in str(form)


class RowForm(forms.Form):
    quarter = forms.CharField()


RowSet = formset_factory(RowForm, formset=Rows, extra=1, can_delete=True)


def sent(**more: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"r-TOTAL_FORMS": "1", "r-INITIAL_FORMS": "0", "r-0-quarter": "2027-Q1", **more})
    return data


def test_add_another_gives_one_row_more_and_keeps_what_was_typed() -> None:
    rows = RowSet(sent(**{"r-add": "1"}), prefix="r")
    quiet(rows)
    assert rows.asked == "add"
    assert [form["quarter"].value() for form in rows] == ["2027-Q1", None]
    assert list(problems([rows])) == []


def test_remove_takes_the_row_away() -> None:
    rows = RowSet(sent(**{"r-remove": "0"}), prefix="r")
    assert rows.asked == "remove"
    assert rows.forms[0]["DELETE"].value()
    assert not RowSet(sent(), prefix="r").asked


def test_rows_stop_at_the_greatest_number_allowed() -> None:
    few = formset_factory(RowForm, formset=Rows, extra=0, max_num=1, absolute_max=1)
    assert len(few(sent(**{"r-add": "1"}), prefix="r").forms) == 1


def test_nonsense_for_a_row_is_no_error_of_ours() -> None:
    assert RowSet(sent(**{"r-add": "1", "r-TOTAL_FORMS": "x"}), prefix="r").asked == "add"
    assert RowSet(sent(**{"r-remove": "²"}), prefix="r").is_bound


def test_a_wrong_row_is_named_by_its_number() -> None:
    rows = RowSet(sent(**{"r-TOTAL_FORMS": "2", "r-1-quarter": " "}), prefix="r")
    rows.forms[1].empty_permitted = False
    (problem,) = problems([rows])
    assert str(problem) == "Row 2: Quarter: This field is required."
    assert problem.target == "id_r-1-quarter"


def test_a_form_page_has_everything_a_form_needs() -> None:
    class One(forms.Form):
        book = forms.FileField()

    template = engines["django"].from_string(
        '{% cotton form-page title="Load" :form="form" :rows="rows" submit="Load" cancel="/back" / %}'
    )
    request = RequestFactory().get("/load")
    html = template.render({"form": One(), "rows": RowSet(prefix="r")}, request)
    page = Page(html)
    (form,) = [attrs for tag, attrs in page.elements if tag == "form"]
    assert form["enctype"] == "multipart/form-data"
    assert form["method"] == "post"
    assert "novalidate" in form
    assert "csrfmiddlewaretoken" in html
    assert "must be filled in" in html
    assert 'name="r-add"' in html
    assert 'href="/back"' in html
    assert max(Counter(page.ids).values()) == 1


@pytest.mark.parametrize(("many", "searched"), [(12, False), (13, True)])
def test_a_long_list_of_boxes_can_be_searched(many: int, searched: bool) -> None:
    class Chosen(forms.Form):
        which = forms.MultipleChoiceField(
            choices=[(str(n), f"Program {n}") for n in range(many)],
            widget=forms.CheckboxSelectMultiple(),
        )

    drawn = str(Chosen())
    assert drawn.count('type="checkbox"') == many
    assert ('data-find="Find in this list"' in drawn) is searched
