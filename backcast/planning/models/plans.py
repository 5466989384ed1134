"""Plans as stored: what they were made from, what they say, and what they link to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.delivery.models import ScheduledCohort
from backcast.demand.models import Need
from backcast.frameworks.models import Occupation
from backcast.partners.models import LabourArea, Person, Region
from backcast.training.models import Program


class Worked(models.Model):
    """What the worker works out: how far it is, the best so far, and whether to stop.

    ``trace`` holds points of seconds since the start, the best so far and the bound, in dollars; then
    the cohorts, learners and cost of the best, and the people whom it leaves missing.
    ``tries`` counts how often work on it began: more than once after a killed worker.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SOLVING = "solving", _("Working")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    status = models.CharField(_("state"), max_length=20, choices=Status, default=Status.WAITING)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=200, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    trace = models.JSONField(default=list)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)
    stop_asked_at = models.DateTimeField(null=True)
    stop_asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def is_busy(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.SOLVING)


class Plan(Worked, Record):
    """A backward plan of one region: cohorts to start so that stated needs are met.

    ``problem`` and ``solution`` are the JSON of ``planning.documents`` (decision 4). ``fingerprint``
    is that of the needs, programs and settings it was made from; when the region's differs, the
    plan is out of date.
    """

    class Standing(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        SUPERSEDED = "superseded", _("Superseded")

    region = models.ForeignKey(Region, models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField(_("number"))
    standing = models.CharField(
        _("how it stands"), max_length=20, choices=Standing, default=Standing.DRAFT
    )
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    #: Who approved, by name: a board's chair need not have an account. ``approved_by`` recorded it.
    approver = models.CharField(_("who approved it"), max_length=120, blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approval_note = models.CharField(_("note"), max_length=300, blank=True)
    superseded_at = models.DateTimeField(null=True)
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="followed_by"
    )
    first_quarter = models.DateField(_("first quarter"))
    quarters = models.PositiveSmallIntegerField(_("quarters"), default=12)
    confidence = models.FloatField(_("confidence"), default=0.8)
    budget = models.DecimalField(
        _("budget, dollars"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    #: Needs are read as hires after past waves teach: biases, noise and how far they miss.
    by_hires = models.BooleanField(_("needs corrected by hires"), default=False)
    requested_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    fingerprint = models.CharField(max_length=64, blank=True)
    problem = models.JSONField(null=True)
    solution = models.JSONField(null=True)
    sensitivity = models.JSONField(null=True)
    #: What one more of each limit brings, and the ways to higher odds, as ``planning.weighing`` keeps them.
    weighed = models.JSONField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "number"],
                name="plan_number_is_unique",
                violation_error_message=_("There is already a plan with this number."),
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0.5) & Q(confidence__lte=0.99),
                name="confidence_between_50_and_99_percent",
                violation_error_message=_("Choose a confidence from 50 to 99 percent."),
            ),
            models.CheckConstraint(
                condition=Q(quarters__gte=2) & Q(quarters__lte=20),
                name="two_to_twenty_quarters",
                violation_error_message=_("Plan for 2 to 20 quarters."),
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0),
                name="plan_budget_is_not_negative",
                violation_error_message=_("A budget cannot be below 0."),
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(solution__isnull=False),
                name="ready_plan_has_a_solution",
                violation_error_message=_("A plan is ready only once it is worked out."),
            ),
            models.CheckConstraint(
                condition=Q(status="ready") | Q(standing="draft"),
                name="only_a_ready_plan_is_proposed",
                violation_error_message=_("Only a plan that is worked out can be proposed."),
            ),
            models.CheckConstraint(
                condition=~Q(standing__in=["approved", "superseded"])
                | (Q(approved_at__isnull=False) & ~Q(approver="")),
                name="approved_plan_names_its_approver",
                violation_error_message=_("Say who approved the plan."),
            ),
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(standing="approved"),
                name="one_approved_plan",
                violation_error_message=_("Another plan of this region is approved."),
            ),
        ]

    def __str__(self) -> str:
        return f"Plan {self.number}"


class PlanPin(Record):
    """What a person fixed for every plan to come: cohorts of a program start in a month, or none may."""

    class Kind(models.TextChoices):
        PIN = "pin", _("Pinned")
        FORBID = "forbid", _("Not wanted")

    region = models.ForeignKey(Region, models.PROTECT, related_name="plan_pins")
    program = models.ForeignKey(Program, models.PROTECT, related_name="plan_pins")
    #: The first day of the month.
    month = models.DateField(_("month"))
    kind = models.CharField(_("what is fixed"), max_length=10, choices=Kind)
    cohorts = models.PositiveSmallIntegerField(_("cohorts"), default=1)
    size = models.PositiveIntegerField(_("learners in each"), null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    why = models.CharField(_("why"), max_length=300)

    class Meta:
        ordering = ["month", "program_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "month"],
                condition=Q(archived_at__isnull=True),
                name="one_pin_a_program_and_month",
                violation_error_message=_(
                    "Something is fixed for this program in this month already. Remove that first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="pin_is_of_a_month",
                violation_error_message=_("Choose a month."),
            ),
            models.CheckConstraint(
                condition=Q(cohorts__gte=1),
                name="pin_has_cohorts",
                violation_error_message=_("Pin at least 1 cohort, or say that none is wanted."),
            ),
            models.CheckConstraint(
                condition=Q(size__isnull=True) | Q(size__gte=1),
                name="pinned_cohort_has_learners",
                violation_error_message=_("A cohort has at least 1 learner."),
            ),
            models.CheckConstraint(
                condition=~Q(why=""),
                name="pin_says_why",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.month:%Y-%m} {self.kind}"


class Scenario(Worked, Record):
    """What if: a plan's problem with a few things changed, planned again beside it.

    ``changes`` is the JSON of ``planning.scenarios``; ``solution`` that of ``planning.documents``.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="scenarios")
    name = models.CharField(_("name"), max_length=120)
    changes = models.JSONField()
    requested_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    solution = models.JSONField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "plan",
                Lower("name"),
                condition=Q(archived_at__isnull=True),
                name="scenario_name_is_unique",
                violation_error_message=_("This plan has a scenario of this name. Choose another."),
            ),
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(solution__isnull=False),
                name="ready_scenario_has_a_solution",
                violation_error_message=_("A scenario is ready only once it is worked out."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanCohort(models.Model):
    """A cohort that a plan asks a program to start. ``hires`` are expected, over all it serves."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="cohorts")
    program = models.ForeignKey(Program, models.PROTECT, related_name="planned_cohorts")
    start = models.DateField(_("starts on"))
    number = models.PositiveSmallIntegerField(_("number"))
    size = models.PositiveIntegerField(_("learners"))
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2)
    hire_quarter = models.DateField(_("hires from the quarter of"))
    hires = models.FloatField(_("expected hires"))
    #: The cohort that was scheduled for it. Versions of the plan may share one.
    scheduled = models.ForeignKey(
        ScheduledCohort, models.SET_NULL, null=True, blank=True, related_name="planned"
    )

    class Meta:
        ordering = ["start", "program_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "program", "start", "number"], name="planned_cohort_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.start}"


class CohortServes(models.Model):
    """How many of a planned cohort's expected hires are meant for a role in an area."""

    cohort = models.ForeignKey(PlanCohort, models.CASCADE, related_name="serves")
    occupation = models.ForeignKey(Occupation, models.PROTECT, related_name="+")
    area = models.ForeignKey(LabourArea, models.PROTECT, related_name="+")
    hires = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "occupation", "area"], name="cohort_serves_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cohort} · {self.occupation}"


class PlanNeed(models.Model):
    """What a plan says of one need: its employer may read this row, and only this of a plan."""

    class State(models.TextChoices):
        ON_TRACK = "on_track", _("On track")
        AT_RISK = "at_risk", _("At risk")
        SHORT = "short", _("Not enough people yet")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="needs")
    need = models.ForeignKey(Need, models.CASCADE, related_name="planned")
    state = models.CharField(max_length=20, choices=State)
    odds = models.FloatField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "need"], name="need_once_in_a_plan")]

    def __str__(self) -> str:
        return f"{self.need} · {self.state}"


class PlanPromise(models.Model):
    """What a plan promises in sums that give no employer away: funders of the region may read it.

    It is worked out with the plan, and holds nothing that may not be shown. Where too few employers
    stand behind the plan, all of its sums are empty.
    """

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="promise")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    first_quarter = models.DateField()
    quarters = models.PositiveSmallIntegerField()
    confidence = models.FloatField()
    cohorts = models.PositiveIntegerField(null=True)
    learners = models.PositiveIntegerField(null=True)
    cost = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    employers = models.PositiveIntegerField(null=True)
    needed = models.PositiveIntegerField(null=True)
    expected = models.PositiveIntegerField(null=True)
    #: Of the day whose promise the needs are told of again, where too few have changed them since.
    needs_as_of = models.DateTimeField(null=True)
    #: The rule by which it was made, for the page to say.
    rule_since = models.DateField(null=True)
    at_least = models.PositiveSmallIntegerField()
    largest = models.FloatField()
    step = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    employers__isnull=True,
                    needed__isnull=True,
                    expected__isnull=True,
                    cohorts__isnull=True,
                    learners__isnull=True,
                    cost__isnull=True,
                )
                | Q(
                    employers__gte=F("at_least"),
                    needed__isnull=False,
                    expected__isnull=False,
                    cohorts__isnull=False,
                    learners__isnull=False,
                    cost__isnull=False,
                ),
                name="promise_has_enough_employers",
                violation_error_message=_("Too few employers stand behind these sums."),
            )
        ]

    def __str__(self) -> str:
        return f"Plan {self.number}"


class PromisedRole(models.Model):
    """One role of a promise; without a title several roles that cannot stand alone."""

    promise = models.ForeignKey(PlanPromise, models.CASCADE, related_name="roles")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200, blank=True)
    roles = models.PositiveSmallIntegerField(default=1)
    employers = models.PositiveIntegerField()
    needed = models.PositiveIntegerField()
    expected = models.PositiveIntegerField()
    odds = models.FloatField(null=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["promise", "order"], name="promised_role_once")
        ]

    def __str__(self) -> str:
        return self.title
