"""Forms of programs, past cohorts and lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from backcast.core.actor import Actor
from backcast.delivery.models import CohortRecord
from backcast.frameworks.models import Cip, Occupation
from backcast.partners.access import areas
from backcast.partners.models import LabourArea, Organisation
from backcast.training import recipes
from backcast.training.access import providers
from backcast.training.actions import COST_PARTS, FIGURES, TEXTS
from backcast.training.cleaning import restore_cip
from backcast.training.columns import FIELDS, MappingError, check
from backcast.training.lengths import plausible
from backcast.training.models import DEFAULT_STAGES, ColumnMapping, Program, Stage

_NUMBER = {"inputmode": "numeric"}
_DECIMAL = {"inputmode": "decimal"}
#: Dearer than this for one learner is a slip of typing.
_DEAREST = 200_000


def _whole(label: Any, hint: Any = "", most: int = 1_000) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        required=False,
        min_value=1,
        max_value=most,
        widget=forms.NumberInput(attrs=_NUMBER),
    )


def _weeks(label: Any, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        required=False,
        min_value=0,
        max_value=520,
        decimal_places=1,
        widget=forms.NumberInput(attrs=_DECIMAL),
    )


def _dollars(label: Any, hint: Any = "", most: int = _DEAREST) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        required=False,
        min_value=0,
        max_value=most,
        decimal_places=2,
        widget=forms.NumberInput(attrs=_DECIMAL),
    )


class ProgramForm(forms.Form):
    """A program as its provider knows it. Only the name must be filled in; a plan says what it lacks."""

    name = forms.CharField(label=_("Name of the program"), max_length=200)
    provider = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Provider"), to_field_name="public_id"
    )
    area = forms.ModelChoiceField(
        LabourArea.objects.none(),
        label=_("Labor area"),
        help_text=_("Where learners attend. Graduates are counted here and in adjoining areas."),
        to_field_name="public_id",
        required=False,
    )
    cip_code = forms.CharField(
        label=_("CIP code"),
        max_length=10,
        required=False,
        help_text=_(
            "The code of the field of study, like 51.0801. It says which jobs it leads to."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", **_DECIMAL}),
    )
    credential_text = forms.CharField(
        label=_("What graduates earn"),
        max_length=300,
        required=False,
        help_text=_("The certificate, license or degree."),
    )
    mode = forms.ChoiceField(
        label=_("How it is taught"), choices=[("", "—"), *Program.Mode.choices], required=False
    )
    schedule = forms.CharField(
        label=_("Days and times"),
        max_length=200,
        required=False,
        help_text=_("For example: Monday to Thursday, 6 to 9 pm."),
    )
    meets = forms.ChoiceField(
        label=_("When it meets"),
        choices=[("", _("not said")), *Program.Meets.choices],
        required=False,
        help_text=_("People who can be recruited are counted by it."),
    )
    clock_hours = _whole(_("Clock hours"), _("All of them, externship included."), 20_000)
    weeks = _weeks(_("Weeks"), _("From the first day to the last, externship included."))
    lead_weeks = _weeks(
        _("Weeks to get ready"),
        _(
            "From the decision to start a cohort until its first day, but for the three parts below."
        ),
    )
    recruit_weeks = _weeks(_("Weeks to recruit"), _("Leave empty where the weeks above hold them."))
    screen_weeks = _weeks(_("Weeks to screen"))
    clearance_weeks = _weeks(_("Weeks for clearances"), _("Background checks, tests, shots."))
    externship_weeks = _weeks(
        _("Weeks of externship"), _("At the end of the program. Empty counts as the last month.")
    )
    exam_weeks = _weeks(
        _("Weeks until the exam's result"),
        _("From the last day. Leave empty where the weeks until work hold them."),
    )
    hire_weeks = _weeks(
        _("Weeks until work"), _("From the last day until graduates first work: exam, search.")
    )
    tuition = _dollars(_("Tuition"), _("Dollars for one learner."))
    fees = _dollars(_("Fees"))
    books = _dollars(_("Books"))
    tools = _dollars(_("Supplies and tools"))
    other_costs = _dollars(_("Other costs"))
    total_cost = _dollars(_("Total for one learner"), _("Leave empty to add up the parts above."))
    cost_per_cohort = _dollars(
        _("Fixed cost of a cohort"),
        _("What a cohort costs however many learners are in it, if anything."),
        5_000_000,
    )
    min_size = _whole(_("Smallest cohort"), _("Below this many learners it does not start."))
    max_size = _whole(_("Largest cohort"), _("The most learners one cohort can take."))
    at_once = _whole(_("Cohorts at once"), _("How many can run in the same quarter."), 200)
    externship_places_per_learner = forms.DecimalField(
        label=_("Externship places for each learner"),
        help_text=_("Usually 1. Write 0 where there is no externship."),
        required=False,
        min_value=0,
        max_value=10,
        decimal_places=2,
        widget=forms.NumberInput(attrs=_DECIMAL),
    )
    upskills_from = forms.ModelChoiceField(
        Occupation.objects.none(),
        label=_("For people who already work as"),
        to_field_name="public_id",
        required=False,
        empty_label=_("anyone"),
        help_text=_(
            "Where its learners are an employer's own people: the job that each leaves open "
            "when they move up."
        ),
    )
    months = forms.TypedMultipleChoiceField(
        label=_("Months in which a cohort may start"),
        help_text=_("Tick none if any month is fine."),
        choices=list(MONTHS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    website = forms.URLField(
        label=_("Website"), required=False, max_length=500, assume_scheme="https"
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5_000, widget=forms.Textarea()
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=Program.Status.choices,
        initial=Program.Status.ACTIVE,
        help_text=_("Only active programs are asked to start cohorts."),
    )

    #: The form in parts: (heading, names of fields).
    PARTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (
            _("What it is"),
            (
                "name",
                "provider",
                "area",
                "cip_code",
                "credential_text",
                "mode",
                "schedule",
                "meets",
            ),
        ),
        (
            _("How long it takes"),
            (
                "weeks",
                "clock_hours",
                "externship_weeks",
                "lead_weeks",
                "recruit_weeks",
                "screen_weeks",
                "clearance_weeks",
                "exam_weeks",
                "hire_weeks",
            ),
        ),
        (_("Cohorts"), ("min_size", "max_size", "at_once", "months")),
        (_("What it costs"), (*COST_PARTS, "total_cost", "cost_per_cohort")),
        (
            _("From enrolling to work"),
            (
                *(f"stage_{n}" for n in range(1, 6)),
                "externship_places_per_learner",
                "upskills_from",
            ),
        ),
        (_("More"), ("website", "description", "status")),
    )

    def __init__(self, actor: Actor, data: Any = None, *, program: Program | None = None) -> None:
        super().__init__(data, initial=_initial(program) if program else {"status": "active"})
        self.program = program
        own = providers(actor)
        if program is not None or not actor.is_staff:
            del self.fields["provider"]
        else:
            self._choices("provider", own)
        self._choices("area", areas(actor).filter(archived_at__isnull=True).order_by("name"))
        taught = Program.objects.filter(region=actor.region_id).values("occupations")
        self._choices("upskills_from", Occupation.objects.filter(pk__in=taught).order_by("title"))
        order = [row.stage for row in program.stages.all()] if program else list(DEFAULT_STAGES)
        for number in range(1, 6):
            self.fields[f"stage_{number}"] = forms.ChoiceField(
                label=_("Stage %(n)s") % {"n": number},
                choices=[("", _("none")), *Stage.choices],
                required=False,
                initial=order[number - 1] if number <= len(order) else "",
                help_text=_(
                    "What learners come through, in order. Some earn the credential before the "
                    "externship, some after."
                )
                if number == 1
                else "",
            )

    def _choices(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean_cip_code(self) -> str:
        text = str(self.cleaned_data["cip_code"]).strip()
        if not text:
            return ""
        code = restore_cip(text)
        if code is None:
            raise ValidationError(_("This is not a CIP code. Write it like 51.0801."))
        if Cip.objects.exists() and not Cip.objects.filter(code=code).exists():
            raise ValidationError(
                _("%(code)s is not in the loaded version of CIP. Look for the code again."),
                params={"code": code},
            )
        return code

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        stages = [data.get(f"stage_{n}") for n in range(1, 6)]
        chosen = [stage for stage in stages if stage]
        if len(set(chosen)) < len(chosen):
            again = next(
                n for n in range(1, 6) if stages[n - 1] in stages[: n - 1] and stages[n - 1]
            )
            self.add_error(f"stage_{again}", _("This stage is already chosen. Choose another."))
        if not chosen:
            self.add_error("stage_1", _("Choose at least one stage."))
        smallest, largest = data.get("min_size"), data.get("max_size")
        if smallest and largest and smallest > largest:
            self.add_error(
                "min_size", _("The smallest cohort is larger than the largest. Change one of them.")
            )
        if message := plausible(float(data.get("clock_hours") or 0), float(data.get("weeks") or 0)):
            self.add_error("weeks", message)
        return data

    def values(self) -> dict[str, Any]:
        """Fields of the program."""
        data = self.cleaned_data
        return {name: data[name] for name in (*TEXTS, *FIGURES) if name in data}

    def stages(self) -> list[str]:
        return [s for n in range(1, 6) if (s := self.cleaned_data.get(f"stage_{n}"))]

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Headings with their fields, as drawn."""
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in self.PARTS
        ]


def _initial(program: Program) -> dict[str, Any]:
    values = {name: getattr(program, name) for name in (*TEXTS, *FIGURES)}
    for name, value in values.items():
        if name in FIGURES and value is not None and value == int(value):
            values[name] = int(value)
    values["area"] = program.area.public_id if program.area else None
    values["upskills_from"] = program.upskills_from.public_id if program.upskills_from else None
    values["months"] = [start.month for start in program.starts.all()]
    return values


class CohortForm(forms.Form):
    """What one past cohort did: for each stage how many came through and how many did not."""

    starts_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    enrolled = forms.IntegerField(
        label=_("Learners who started"),
        min_value=1,
        max_value=2_000,
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    as_of = forms.DateField(
        label=_("Counted on"),
        help_text=_("The day on which these numbers were true."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    label = forms.CharField(
        label=_("Name"),
        max_length=80,
        required=False,
        help_text=_("Only if several cohorts began on the same day."),
    )

    def __init__(
        self, stages: Sequence[str], data: Any = None, *, cohort: CohortRecord | None = None
    ) -> None:
        super().__init__(data, initial=self._of(cohort))
        self.stage_names = list(stages)
        for stage in stages:
            for key, label in (("passed", _("Came through")), ("failed", _("Did not"))):
                self.fields[f"{stage}_{key}"] = forms.IntegerField(
                    label=label,
                    required=False,
                    min_value=0,
                    max_value=2_000,
                    widget=forms.NumberInput(attrs=_NUMBER),
                )

    @staticmethod
    def _of(cohort: CohortRecord | None) -> dict[str, Any]:
        if cohort is None:
            return {"as_of": timezone.localdate()}
        values: dict[str, Any] = {
            "starts_on": cohort.starts_on,
            "enrolled": cohort.enrolled,
            "as_of": cohort.as_of,
            "label": cohort.label,
        }
        for row in cohort.stages.all():
            values[f"{row.stage}_passed"], values[f"{row.stage}_failed"] = row.passed, row.failed
        return values

    def basics(self) -> list[forms.BoundField]:
        return [self[name] for name in ("starts_on", "enrolled", "as_of", "label")]

    def pairs(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """For each stage its title and two fields."""
        return [
            (str(Stage(stage).label), self[f"{stage}_passed"], self[f"{stage}_failed"])
            for stage in self.stage_names
        ]

    def results(self) -> dict[str, tuple[int | None, int | None]]:
        data = self.cleaned_data
        return {
            stage: (data.get(f"{stage}_passed"), data.get(f"{stage}_failed"))
            for stage in self.stage_names
        }


class FileForm(forms.Form):
    """A workbook or CSV file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("The workbook, filled in, or a CSV file with the same columns."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )


class UploadForm(forms.Form):
    """A list to load, and what to call it."""

    kind = forms.ChoiceField(
        label=_("What the list holds"),
        choices=ColumnMapping.Kind.choices,
        initial=ColumnMapping.Kind.PROGRAMS,
        widget=forms.RadioSelect(),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, Excel, or a SQL dump with INSERT rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,.ods,.sql"}),
    )
    providers = forms.FileField(
        label=_("File of providers"),
        required=False,
        help_text=_(
            "If providers, their county and approval stand in a file of their own. Programs of "
            "providers that are suspended or pending there are refused."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,.ods,.sql"}),
    )
    source = forms.CharField(
        label=_("Name of the list"),
        max_length=60,
        help_text=_(
            "It stands beside every figure that comes from the list. Use the same name when you "
            "load the list again, so that programs are found and not doubled."
        ),
    )
    period = forms.CharField(
        label=_("Period"),
        max_length=60,
        required=False,
        help_text=_("For published outcomes: the time they are about, like 2024."),
    )
    recipe = forms.ChoiceField(
        label=_("Where the list says nothing"),
        required=False,
        help_text=_("What is assumed is marked so wherever it is shown."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (name, _now("Assume what “%(name)s” says") % {"name": name.replace("-", " ").title()})
            for name in recipes.names()
        ]
        self.fields["recipe"] = forms.ChoiceField(
            label=self.fields["recipe"].label,
            help_text=self.fields["recipe"].help_text,
            required=False,
            choices=[("", _now("Leave it unknown")), *choices],
        )


class ColumnsForm(forms.Form):
    """For each field the column of the file that holds it."""

    save_as = forms.CharField(
        label=_("Keep this choice as"),
        max_length=120,
        required=False,
        help_text=_("A name, so that the next list of this make is quick. Leave empty if not."),
    )

    def __init__(
        self, kind: str, columns: Sequence[str], data: Any = None, *, chosen: dict[str, str]
    ) -> None:
        super().__init__(data)
        self.kind, self.columns = kind, list(columns)
        save_as = self.fields.pop("save_as")
        options = [("", _now("not in this file")), *((column, column) for column in columns)]
        for entry in FIELDS[kind]:
            self.fields[entry.key] = forms.ChoiceField(
                label=entry.title,
                help_text=entry.hint,
                choices=options,
                required=False,
                initial=chosen.get(entry.key, ""),
            )
        self.fields["save_as"] = save_as

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        try:
            check(self.chosen(data), self.columns, FIELDS[self.kind])
        except MappingError as error:
            for key, message in error.complaints.items():
                self.add_error(key, message)
        return data

    def chosen(self, data: dict[str, Any] | None = None) -> dict[str, str]:
        values = self.cleaned_data if data is None else data
        return {entry.key: values.get(entry.key) or "" for entry in FIELDS[self.kind]}
