"""What limits the plans of a region, as its staff state it: what programs share, hosts, people, money.

Each row says where its figures come from. ``planning.stated`` turns rows into the problem's own words.
Months stand as their first day.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backcast.core.models import Record
from backcast.frameworks.models import Occupation
from backcast.partners.models import LabourArea, Organisation, Region
from backcast.training.models import Basis, Program, Stage


def _in_order(first: str = "first_month", last: str = "last_month") -> models.Q:
    return (
        Q(**{f"{first}__isnull": True})
        | Q(**{f"{last}__isnull": True})
        | Q(**{f"{first}__lte": F(last)})
    )


class Limit(Record):
    """What every limit has: its region, and where its figures come from."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    basis = models.CharField(_("basis"), max_length=10, choices=Basis, default=Basis.STATED)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        abstract = True


class SharedResource(Limit):
    """Instructors, labs or rooms that programs share: ``amount`` in every month without a change."""

    class Kind(models.TextChoices):
        INSTRUCTOR = "instructor", _("Instructors")
        LAB = "lab", _("Labs")
        ROOM = "room", _("Rooms")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    area = models.ForeignKey(LabourArea, models.PROTECT, related_name="+")
    amount = models.DecimalField(_("how many there are"), max_digits=6, decimal_places=1)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="resource_is_not_negative",
                violation_error_message=_("There cannot be fewer than 0."),
            ),
            models.UniqueConstraint(
                fields=["region", "name"],
                condition=Q(archived_at__isnull=True),
                name="resource_name_is_unique",
                violation_error_message=_("Something of this name is stated already. Change that."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceChange(models.Model):
    """Another amount of a resource from one month to another."""

    resource = models.ForeignKey(SharedResource, models.CASCADE, related_name="changes")
    first_month = models.DateField(_("first month"))
    last_month = models.DateField(_("last month"))
    amount = models.DecimalField(_("how many there are then"), max_digits=6, decimal_places=1)

    class Meta:
        ordering = ["first_month"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="resource_change_is_not_negative",
                violation_error_message=_("There cannot be fewer than 0."),
            ),
            models.CheckConstraint(
                condition=_in_order(),
                name="resource_change_in_order",
                violation_error_message=_("The last month comes before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.first_month:%Y-%m}"


class ResourceUse(models.Model):
    """How much of a resource each running cohort of a program takes up."""

    resource = models.ForeignKey(SharedResource, models.CASCADE, related_name="uses")
    program = models.ForeignKey(Program, models.PROTECT, related_name="resource_uses")
    amount = models.DecimalField(_("each cohort takes"), max_digits=5, decimal_places=2)

    class Meta:
        ordering = ["program__name_folded"]
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "program"],
                name="resource_use_once",
                violation_error_message=_("This program stands twice. Keep one of them."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="resource_use_is_something",
                violation_error_message=_("A cohort takes more than 0 of it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program}: {self.resource}"


class HostCapacity(Limit):
    """What one host can take: supervisors times the learners that each may have at once, by month."""

    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="host_capacities")
    occupation = models.ForeignKey(Occupation, models.PROTECT, related_name="+")
    area = models.ForeignKey(LabourArea, models.PROTECT, related_name="+")
    first_month = models.DateField(_("first month"))
    last_month = models.DateField(_("last month"))
    supervisors = models.DecimalField(_("supervisors"), max_digits=5, decimal_places=1)
    learners_each = models.DecimalField(_("learners for each"), max_digits=4, decimal_places=1)

    class Meta:
        ordering = ["employer__name", "first_month"]
        constraints = [
            models.CheckConstraint(
                condition=Q(supervisors__gte=0) & Q(learners_each__gte=0),
                name="host_is_not_negative",
                violation_error_message=_("There cannot be fewer than 0."),
            ),
            models.CheckConstraint(
                condition=_in_order(),
                name="host_months_in_order",
                violation_error_message=_("The last month comes before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer}: {self.occupation}"


class Recruitment(Limit):
    """People who can be recruited for programs of an area, in each quarter from one to another."""

    area = models.ForeignKey(LabourArea, models.PROTECT, related_name="+")
    #: Empty: programs of any schedule together.
    schedule = models.CharField(
        _("when they can attend"), max_length=10, choices=Program.Meets, blank=True
    )
    first_quarter = models.DateField(_("first quarter"))
    last_quarter = models.DateField(_("last quarter"))
    people = models.PositiveIntegerField(_("people in each quarter"))

    class Meta:
        ordering = ["area__name", "first_quarter"]
        constraints = [
            models.CheckConstraint(
                condition=_in_order("first_quarter", "last_quarter"),
                name="recruitment_quarters_in_order",
                violation_error_message=_("The last quarter comes before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.people}"


class Holiday(Limit):
    """Weeks of a month without classes, in one area or everywhere."""

    name = models.CharField(_("name"), max_length=120)
    month = models.DateField(_("month"))
    weeks = models.DecimalField(_("weeks without classes"), max_digits=3, decimal_places=1)
    area = models.ForeignKey(LabourArea, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["month", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weeks__gt=0) & Q(weeks__lte=5),
                name="holiday_fits_a_month",
                violation_error_message=_("A month has more than 0 and at most 5 weeks of them."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuarterMoney(Limit):
    """Dollars for cohorts that start in one quarter."""

    quarter = models.DateField(_("quarter"))
    amount = models.DecimalField(_("dollars"), max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["quarter"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "quarter"],
                condition=Q(archived_at__isnull=True),
                name="quarter_money_once",
                violation_error_message=_("A budget of this quarter is stated already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="quarter_money_is_not_negative",
                violation_error_message=_("A budget cannot be below 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter:%Y-%m}"


class FundingSource(Limit):
    """Money with strings: for which programs, occupations, areas and months it may be spent."""

    name = models.CharField(_("name"), max_length=120)
    amount = models.DecimalField(_("dollars"), max_digits=12, decimal_places=2)
    first_month = models.DateField(_("for starts from"), null=True, blank=True)
    last_month = models.DateField(_("for starts until"), null=True, blank=True)
    programs = models.ManyToManyField(Program, related_name="+", blank=True)
    occupations = models.ManyToManyField(Occupation, related_name="+", blank=True)
    areas = models.ManyToManyField(LabourArea, related_name="+", blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"],
                condition=Q(archived_at__isnull=True),
                name="fund_name_is_unique",
                violation_error_message=_("A fund of this name is stated already. Change that."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="fund_is_not_negative",
                violation_error_message=_("A fund cannot be below 0."),
            ),
            models.CheckConstraint(
                condition=_in_order(),
                name="fund_months_in_order",
                violation_error_message=_("The last month comes before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FundingRule(models.Model):
    """A rule of a fund for cohorts that start in ``since`` or later, until a later one of its kind."""

    class Kind(models.TextChoices):
        PER_LEARNER = "per_learner", _("dollars for a learner, at most")
        SHARE_OF_COST = "share_of_cost", _("percent of a cohort's cost, at most")
        SHARE_OF_FUND = "share_of_fund", _("percent of the fund for one program, at most")

    fund = models.ForeignKey(FundingSource, models.CASCADE, related_name="rules")
    kind = models.CharField(_("rule"), max_length=14, choices=Kind)
    #: Dollars, or percent.
    value = models.DecimalField(_("at most"), max_digits=9, decimal_places=2)
    since = models.DateField(_("for starts from"), null=True, blank=True)
    #: None: every program together.
    program = models.ForeignKey(Program, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["kind", "since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gte=0) & (Q(kind="per_learner") | Q(value__lte=100)),
                name="fund_rule_is_a_share",
                violation_error_message=_("A share lies between 0 and 100 percent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund}: {self.get_kind_display()}"


class SupportOffer(Limit):
    """Support that can be bought for whole cohorts: what it costs, and the people it brings through.

    ``low``, ``likely`` and ``high`` are percent of those who would otherwise not come through.
    """

    name = models.CharField(_("name"), max_length=120)
    cost_per_learner = models.DecimalField(
        _("cost for one learner"), max_digits=8, decimal_places=2
    )
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    low = models.DecimalField(_("at least, percent"), max_digits=4, decimal_places=1)
    likely = models.DecimalField(_("most likely, percent"), max_digits=4, decimal_places=1)
    high = models.DecimalField(_("at most, percent"), max_digits=4, decimal_places=1)
    capacity = models.PositiveIntegerField(_("learners at once"), null=True, blank=True)
    programs = models.ManyToManyField(Program, related_name="+", blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"],
                condition=Q(archived_at__isnull=True),
                name="support_name_is_unique",
                violation_error_message=_("Support of this name is stated already. Change that."),
            ),
            models.CheckConstraint(
                condition=Q(cost_per_learner__gte=0),
                name="support_cost_is_not_negative",
                violation_error_message=_("A cost cannot be below 0."),
            ),
            models.CheckConstraint(
                condition=Q(low__gte=0)
                & Q(low__lte=F("likely"))
                & Q(likely__lte=F("high"))
                & Q(high__lte=100),
                name="support_shares_in_order",
                violation_error_message=_(
                    "The three shares go from the lowest to the highest, from 0 to 100 percent."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name
