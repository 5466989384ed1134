"""Plans as stored, and what limits them."""

from backcast.planning.models.limits import (
    FundingRule,
    FundingSource,
    Holiday,
    HostCapacity,
    Limit,
    QuarterMoney,
    Recruitment,
    ResourceChange,
    ResourceUse,
    SharedResource,
    SupportOffer,
)
from backcast.planning.models.plans import (
    CohortServes,
    Plan,
    PlanCohort,
    PlanNeed,
    PlanPin,
    PlanPromise,
    PromisedRole,
    Scenario,
    Worked,
)

__all__ = [
    "CohortServes",
    "FundingRule",
    "FundingSource",
    "Holiday",
    "HostCapacity",
    "Limit",
    "Plan",
    "PlanCohort",
    "PlanNeed",
    "PlanPin",
    "PlanPromise",
    "PromisedRole",
    "QuarterMoney",
    "Recruitment",
    "ResourceChange",
    "ResourceUse",
    "Scenario",
    "SharedResource",
    "SupportOffer",
    "Worked",
]
