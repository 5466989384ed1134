"""Programs, what they lead to and cost, and where each figure comes from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.frameworks.models import Credential, Occupation
from backcast.partners.models import LabourArea, Organisation, Region, Site


class Basis(models.TextChoices):
    """What kind of knowledge a figure is."""

    STATED = "stated", _("stated")
    PUBLISHED = "published", _("published")
    OBSERVED = "observed", _("observed")
    ASSUMED = "assumed", _("assumed")


class Stage(models.TextChoices):
    """What people come through after they have enrolled. Each program has its own order."""

    COMPLETED = "completed", _("completed")
    CREDENTIALED = "credentialed", _("earned the credential")
    EXTERNSHIP = "externship", _("finished the externship")
    HIRED = "hired", _("hired")
    RETAINED = "retained", _("retained")


DEFAULT_STAGES: tuple[str, ...] = tuple(Stage.values)


class Program(Record):
    """A training program of a provider. Empty figures are unknown, never zero."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        CLOSED = "closed", _("Closed")

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        ONLINE = "online", _("Online")
        HYBRID = "hybrid", _("Partly online")

    class Meets(models.TextChoices):
        DAY = "day", _("By day")
        EVENING = "evening", _("In the evening")
        WEEKEND = "weekend", _("At the weekend")

    region = models.ForeignKey(Region, models.PROTECT, related_name="programs")
    provider = models.ForeignKey(
        Organisation, models.PROTECT, related_name="programs", verbose_name=_("provider")
    )
    name = models.CharField(_("name"), max_length=200)
    name_folded = models.CharField(max_length=200, editable=False)
    cip_code = models.CharField(_("CIP code"), max_length=7, blank=True)
    area = models.ForeignKey(
        LabourArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="programs",
        verbose_name=_("labor area"),
    )
    site = models.ForeignKey(
        Site,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="programs",
        verbose_name=_("site"),
    )
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ACTIVE)
    mode = models.CharField(_("how it is taught"), max_length=20, choices=Mode, blank=True)
    schedule = models.CharField(_("days and times"), max_length=200, blank=True)
    meets = models.CharField(_("when it meets"), max_length=10, choices=Meets, blank=True)
    description = models.TextField(_("description"), blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    credential_text = models.CharField(_("credential"), max_length=300, blank=True)

    clock_hours = models.PositiveIntegerField(_("clock hours"), null=True, blank=True)
    weeks = models.DecimalField(_("weeks"), max_digits=5, decimal_places=1, null=True, blank=True)
    lead_weeks = models.DecimalField(
        _("weeks from the decision to the first day"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
    )
    #: Weeks before the first day, after those to get ready, one after another.
    recruit_weeks = models.DecimalField(
        _("weeks to recruit"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    screen_weeks = models.DecimalField(
        _("weeks to screen"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    clearance_weeks = models.DecimalField(
        _("weeks for clearances"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    #: Weeks after the last day, before those until work.
    exam_weeks = models.DecimalField(
        _("weeks until the exam's result"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    externship_weeks = models.DecimalField(
        _("weeks of externship"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    #: The occupation in which its learners already work: each who is hired leaves an opening there.
    upskills_from = models.ForeignKey(
        Occupation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="upskilled_by",
        verbose_name=_("occupation in which its learners work"),
    )
    hire_weeks = models.DecimalField(
        _("weeks from the last day to the first day at work"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
    )
    tuition = models.DecimalField(
        _("tuition"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    fees = models.DecimalField(_("fees"), max_digits=10, decimal_places=2, null=True, blank=True)
    books = models.DecimalField(_("books"), max_digits=10, decimal_places=2, null=True, blank=True)
    tools = models.DecimalField(
        _("supplies and tools"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    other_costs = models.DecimalField(
        _("other costs"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    total_cost = models.DecimalField(
        _("cost for one learner"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    cost_per_cohort = models.DecimalField(
        _("fixed cost of one cohort"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    min_size = models.PositiveSmallIntegerField(_("smallest cohort"), null=True, blank=True)
    max_size = models.PositiveSmallIntegerField(_("largest cohort"), null=True, blank=True)
    at_once = models.PositiveSmallIntegerField(
        _("cohorts that can run at once"), null=True, blank=True
    )
    externship_places_per_learner = models.DecimalField(
        _("externship places for each learner"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
    )
    #: The list that brought it and its number there; empty for what people enter here.
    source = models.CharField(max_length=60, blank=True)
    source_id = models.CharField(max_length=60, blank=True)

    occupations = models.ManyToManyField(
        Occupation, through="ProgramOccupation", related_name="programs"
    )
    credentials = models.ManyToManyField(
        Credential, through="ProgramCredential", related_name="programs"
    )

    class Meta:
        indexes = [
            models.Index(fields=["region", "name_folded"], name="program_list"),
            models.Index(fields=["region", "cip_code"], name="program_by_cip"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "source", "source_id"],
                condition=~Q(source_id=""),
                name="program_source_id_is_unique",
                violation_error_message=_("The list already has a program with this number."),
            ),
            models.UniqueConstraint(
                F("provider"),
                Lower("name"),
                condition=Q(source="", archived_at__isnull=True),
                name="program_name_is_unique",
                violation_error_message=_("This provider already has a program with this name."),
            ),
            models.CheckConstraint(
                condition=Q(cip_code="") | Q(cip_code__regex=r"^\d\d\.\d\d\d\d$"),
                name="program_cip_code_is_whole",
                violation_error_message=_("Write the CIP code like 51.3801."),
            ),
            models.CheckConstraint(
                condition=Q(min_size__isnull=True)
                | Q(max_size__isnull=True)
                | Q(min_size__lte=F("max_size")),
                name="program_sizes_in_order",
                violation_error_message=_(
                    "The smallest cohort is larger than the largest. Change one of them."
                ),
            ),
            models.CheckConstraint(
                condition=(Q(min_size__isnull=True) | Q(min_size__gte=1))
                & (Q(max_size__isnull=True) | Q(max_size__gte=1)),
                name="program_cohort_has_people",
                violation_error_message=_("A cohort has at least 1 learner."),
            ),
            models.CheckConstraint(
                condition=Q(weeks__isnull=True) | Q(weeks__gt=0),
                name="program_takes_time",
                violation_error_message=_("A program takes more than 0 weeks."),
            ),
            models.CheckConstraint(
                condition=(Q(lead_weeks__isnull=True) | Q(lead_weeks__gte=0))
                & (Q(recruit_weeks__isnull=True) | Q(recruit_weeks__gte=0))
                & (Q(screen_weeks__isnull=True) | Q(screen_weeks__gte=0))
                & (Q(clearance_weeks__isnull=True) | Q(clearance_weeks__gte=0))
                & (Q(exam_weeks__isnull=True) | Q(exam_weeks__gte=0))
                & (Q(externship_weeks__isnull=True) | Q(externship_weeks__gte=0))
                & (Q(hire_weeks__isnull=True) | Q(hire_weeks__gte=0))
                & (
                    Q(externship_places_per_learner__isnull=True)
                    | Q(externship_places_per_learner__gte=0)
                ),
                name="program_waits_are_not_negative",
                violation_error_message=_("Weeks and places cannot be below 0."),
            ),
            models.CheckConstraint(
                condition=(Q(tuition__isnull=True) | Q(tuition__gte=0))
                & (Q(fees__isnull=True) | Q(fees__gte=0))
                & (Q(books__isnull=True) | Q(books__gte=0))
                & (Q(tools__isnull=True) | Q(tools__gte=0))
                & (Q(other_costs__isnull=True) | Q(other_costs__gte=0))
                & (Q(total_cost__isnull=True) | Q(total_cost__gte=0))
                & (Q(cost_per_cohort__isnull=True) | Q(cost_per_cohort__gte=0)),
                name="program_costs_are_not_negative",
                violation_error_message=_("Costs cannot be below 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shared_key(self) -> str:
        """Programs with this key in common share their published outcomes."""
        return f"{self.provider_id}:{self.cip_code}"


class ProgramOccupation(models.Model):
    """An occupation that the program leads to, and the share of its graduates counted for it.

    The weights of a program sum to 1 at most: nobody is counted twice.
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="occupation_links")
    occupation = models.ForeignKey(Occupation, models.PROTECT, related_name="program_links")
    weight = models.DecimalField(_("share of graduates"), max_digits=5, decimal_places=4)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["-weight", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "occupation"],
                name="program_links_occupation_once",
                violation_error_message=_("The program already leads to this occupation."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0) & Q(weight__lte=1),
                name="program_occupation_weight_is_a_share",
                violation_error_message=_("A share lies between 0 and 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} → {self.occupation}"


class ProgramCredential(models.Model):
    """A credential that graduates of the program can earn."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="credential_links")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="program_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "credential"],
                name="program_links_credential_once",
                violation_error_message=_("The program already leads to this credential."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} → {self.credential}"


class ProgramStage(models.Model):
    """One stage of the program's own order. Enrolling comes before the first and is not a row."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="stages")
    order = models.PositiveSmallIntegerField(_("order"))
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    #: What is believed of the stage before any cohort is counted: a Beta(a, b), and why.
    prior_a = models.FloatField(default=1.0)
    prior_b = models.FloatField(default=1.0)
    prior_source = models.CharField(max_length=300, blank=True)
    prior_assumption = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(prior_a__gt=0) & Q(prior_b__gt=0),
                name="program_stage_prior_is_positive",
            ),
            models.UniqueConstraint(
                fields=["program", "order"], name="program_stage_place_is_taken_once"
            ),
            models.UniqueConstraint(
                fields=["program", "stage"],
                name="program_has_stage_once",
                violation_error_message=_("Each stage stands in the order once."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.get_stage_display()}"


class ProgramStart(models.Model):
    """A calendar month in which a cohort may start. A program without rows may start in any."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="starts")
    month = models.PositiveSmallIntegerField(_("month"))

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "month"],
                name="program_start_month_once",
                violation_error_message=_("This month is already listed."),
            ),
            models.CheckConstraint(
                condition=Q(month__gte=1) & Q(month__lte=12),
                name="program_start_is_a_month",
                violation_error_message=_("A month is 1 to 12."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.month)


class ProgramBasis(models.Model):
    """Where one figure of a program comes from. ``assumption`` names the entry that it rests on."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="bases")
    field = models.CharField(max_length=40)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis)
    source = models.CharField(_("source"), max_length=500)
    assumption = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "field"], name="program_field_has_one_basis"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.basis}"
