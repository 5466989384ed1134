"""What people do with plans: ask for one, and have it worked out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import structlog
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.core.disclosure import ALL, Address, Rule
from backcast.core.jobs import app
from backcast.core.quarters import Quarter
from backcast.core.rules import in_force
from backcast.demand.models import Need
from backcast.demand.regional.access import rule_on
from backcast.partners.access import region_of, require_staff
from backcast.partners.models import Region
from backcast.planning import build as building
from backcast.planning import promising
from backcast.planning.build import Built, Settings
from backcast.planning.complaints import ProblemError
from backcast.planning.documents import (
    problem_from_json,
    problem_to_json,
    solution_from_json,
    solution_to_json,
)
from backcast.planning.keys import role_key
from backcast.planning.models import (
    CohortServes,
    Plan,
    PlanCohort,
    PlanNeed,
    PlanPromise,
    PromisedRole,
)
from backcast.planning.problem import Problem
from backcast.planning.promise import (
    Promise,
    RoleLine,
    RolePart,
    behind,
    promise,
)
from backcast.planning.solution import NeedOdds, Solution
from backcast.planning.watching import Watch, ask_to_stop, begin

if TYPE_CHECKING:
    from backcast.planning.schedule import Options, Progress
    from backcast.planning.sensitivity import Move

# What solves is imported where it is used: pages only ask for plans, and should not wait for it.
log = structlog.get_logger()

#: Odds in its own area from which on a need may be told to be on track.
LIKELY = 0.5


def request_plan(*, actor: Actor, chosen: Settings, queue: bool = True) -> Plan:
    """Ask for a plan of the actor's region and queue its work, both with the same commit.

    Without ``queue`` the caller works it out itself, by ``solve_plan``.

    Where a plan is being worked out already, that one is returned: pressing twice is asking once.
    """
    require_staff(actor, Role.MEMBER)
    with acting(actor, "planning.request_plan"):
        region = Region.objects.select_for_update().get(pk=region_of(actor).pk)
        busy = Plan.objects.filter(
            region=region, status__in=[Plan.Status.WAITING, Plan.Status.SOLVING]
        ).first()
        if busy is not None:
            return busy
        rows = Plan.objects.filter(region=region)
        number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
        plan = Plan.objects.create(
            region=region,
            number=number,
            previous=rows.filter(status=Plan.Status.READY).order_by("-number").first(),
            first_quarter=chosen.first.first_day,
            quarters=chosen.quarters,
            confidence=chosen.confidence,
            budget=chosen.budget,
            by_hires=chosen.by_hires,
            requested_by_id=actor.person_id,
        )
        if queue:
            app.configure_task(
                "planning.solve_plan", queueing_lock=f"plan:{plan.pk}", lock=solver_lock(region.pk)
            ).defer(plan=plan.pk)
        return plan


def solver_lock(region_id: int) -> str:
    """The lock of jobs that solve: one after another in a region, since each takes what it gets."""
    return f"solver:{region_id}"


def plan_again(plan: Plan, *, actor: Actor, today: date) -> Plan:
    """Ask again with a plan's own settings; nothing can start before the next quarter."""
    chosen = settings_of(plan)
    first = max(chosen.first, Quarter.of(today))
    return request_plan(actor=actor, chosen=replace(chosen, first=first))


def settings_of(plan: Plan) -> Settings:
    """What staff chose for this plan."""
    return Settings(
        first=Quarter.of(plan.first_quarter),
        quarters=plan.quarters,
        confidence=plan.confidence,
        budget=plan.budget,
        by_hires=plan.by_hires,
    )


def solve_plan(
    plan_id: int,
    *,
    actor: Actor,
    today: date,
    options: Options | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Work a requested plan out. Safe to run again: a plan that is ready or failed stays as it is.

    The solve itself runs outside any transaction; its progress is written as it goes, and it ends
    with the best plan so far once somebody asks it to stop.
    """
    from backcast.planning.schedule import Options, solve

    with acting(actor, "planning.start_plan"):
        plan = Plan.objects.select_for_update(of=("self",)).select_related("region").get(pk=plan_id)
        if not plan.is_busy:
            return plan
        chosen = settings_of(plan)
        begin(plan)
        plan.fingerprint = building.fingerprint(plan.region, chosen)
        built = building.build(plan.region, chosen, today)
        plan.problem = _problem_record(built)
        plan.save()

    watch = Watch(plan, actor)

    def tell(progress: Progress) -> None:
        if on_progress is not None:
            on_progress(progress)
        watch.tell(progress)

    try:
        solution = solve(built.problem, options or Options(), tell, watch.should_stop)
    except ProblemError as error:
        return _fail(plan_id, actor, "\n".join(str(one) for one in error.complaints[:20]))
    except Exception:
        log.exception("plan could not be worked out", plan=str(plan.public_id))
        _fail(
            plan_id,
            actor,
            "Something went wrong while working the plan out. Try again; if it happens again, "
            "tell those who run this Backcast.",
        )
        raise
    with acting(actor, "planning.finish_plan"):
        plan = Plan.objects.select_for_update(of=("self",)).select_related("region").get(pk=plan_id)
        if plan.is_busy:
            _store(plan, built.problem, solution)
    return plan


def stop_plan(plan: Plan, *, actor: Actor) -> Plan:
    """Ask the worker to stop and keep the best plan so far; a plan not yet begun is called off."""
    require_staff(actor, Role.MEMBER)
    with acting(actor, "planning.stop_plan"):
        fresh = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        ask_to_stop(fresh, actor, _("It was called off before work on it began."))
    return fresh


def _problem_record(built: Built) -> dict[str, object]:
    """The problem's JSON with what was left out of it beside it."""
    record: dict[str, object] = json.loads(problem_to_json(built.problem))
    record["left_out"] = [
        {"program": one.program, "title": one.title, "missing": list(one.missing)}
        for one in built.left_out
    ]
    record["unplaced_needs"] = built.unplaced_needs
    return record


def problem_of(plan: Plan) -> Problem:
    """The problem that a stored plan was made from. Raises ``ValueError`` where it has none."""
    if plan.problem is None:
        raise ValueError("The plan has not been started.")
    return problem_from_json(json.dumps(plan.problem))


def _fail(plan_id: int, actor: Actor, trouble: str) -> Plan:
    with acting(actor, "planning.fail_plan"):
        plan = Plan.objects.select_for_update().get(pk=plan_id)
        plan.status = Plan.Status.FAILED
        plan.trouble = trouble
        plan.finished_at = timezone.now()
        plan.save()
    return plan


def _store(plan: Plan, problem: Problem, solution: Solution) -> None:
    plan.solution = json.loads(solution_to_json(solution))
    plan.status = Plan.Status.READY
    plan.progress = 100
    plan.finished_at = timezone.now()
    plan.save()
    occupations = _occupations(plan)
    cohorts = PlanCohort.objects.bulk_create(
        PlanCohort(
            plan=plan,
            program_id=int(cohort.program[1:]),
            start=cohort.start.first_day,
            number=cohort.number,
            size=cohort.size,
            cost=Decimal(str(round(cohort.cost, 2))),
            hire_quarter=cohort.hire_quarter.first_day,
            hires=cohort.hires,
        )
        for cohort in solution.cohorts
    )
    CohortServes.objects.bulk_create(
        CohortServes(
            cohort=row,
            occupation_id=occupations[served.role],
            area_id=int(served.area[1:]),
            hires=served.hires,
        )
        for row, cohort in zip(cohorts, solution.cohorts, strict=True)
        for served in cohort.serves
        if served.role in occupations
    )
    PlanNeed.objects.bulk_create(_need_states(plan, problem, solution))
    _store_promise(plan, problem, solution)


def _store_promise(plan: Plan, problem: Problem, solution: Solution) -> None:
    """Keep beside the plan what may be read of it by funders."""
    assert plan.finished_at is not None
    day = timezone.localdate(plan.finished_at)
    rule, entry = rule_on(day)
    step = in_force("disclosure", "promise", day).values["step"]
    numbers = promising.numbers_of(problem)
    parts = list(_role_parts(problem, solution, numbers))
    shown = promising.may_be_shown(problem, plan.region_id, rule)
    found = promise(parts, shown, behind(numbers, ALL)[1], step)
    kept = _told_before(plan, problem, shown, rule) if found else None
    sums: dict[str, Any] = {}
    if kept:
        # Too few have changed what they need since: new sums beside the old ones would tell of them.
        # Hires, learners and cost follow the needs, so that they are told as before, too.
        found = _as_told(kept.promise)
        names = ("employers", "needed", "expected", "cohorts", "learners", "cost")
        sums = {name: getattr(kept.promise, name) for name in names}
    elif found:
        sums = {
            "employers": found.employers,
            "needed": found.needed,
            "expected": found.expected,
            "cohorts": len(solution.cohorts),
            "learners": sum(cohort.size for cohort in solution.cohorts),
            "cost": Decimal(str(round(solution.cost, 2))),
        }
    told = kept.promise if kept else plan
    row = PlanPromise.objects.create(
        plan=plan,
        region_id=plan.region_id,
        number=plan.number,
        made_at=plan.finished_at,
        first_quarter=told.first_quarter,
        quarters=told.quarters,
        confidence=told.confidence,
        **sums,
        needs_as_of=kept.promise.made_at if kept else None,
        rule_since=entry.since,
        at_least=rule.contributors,
        largest=rule.dominance,
        step=step,
    )
    PromisedRole.objects.bulk_create(
        PromisedRole(promise=row, order=order, **asdict(line))
        for order, line in enumerate(found.lines if found else (), start=1)
    )


def _told_before(
    plan: Plan, problem: Problem, shown: frozenset[Address], rule: Rule
) -> Plan | None:
    earlier = Plan.objects.filter(
        region=plan.region_id, promise__needed__isnull=False, promise__needs_as_of=None
    ).exclude(pk=plan.pk)
    rows = earlier.select_related("promise").prefetch_related("promise__roles").order_by("-number")
    return promising.told_before(problem, rows.iterator(chunk_size=1), shown, rule)


def _as_told(row: PlanPromise) -> Promise:
    assert row.employers is not None
    assert row.needed is not None
    lines = tuple(
        RoleLine(line.title, line.roles, line.employers, line.needed, line.expected, line.odds)
        for line in row.roles.all()
    )
    return Promise(lines, row.employers, row.needed, row.expected or 0)


def _role_parts(
    problem: Problem, solution: Solution, numbers: promising.Numbers
) -> Iterable[RolePart]:
    """Each role's people and employers, and what the plan says of it over all areas."""
    for role in problem.roles:
        try:
            odds = solution.role_odds(role.id)
        except KeyError:
            continue
        needed, employers = behind(numbers, role.id)
        yield RolePart(role.id, role.title, needed, employers, odds.supply, odds.odds)


def _occupations(plan: Plan) -> dict[str, int]:
    """Role → the first occupation that a stated need of it names."""
    found: dict[str, int] = {}
    needs = Need.objects.filter(region=plan.region).plannable().select_related("occupation")
    for need in needs.order_by("pk"):
        assert need.occupation is not None
        found.setdefault(role_key(need.occupation), need.occupation.pk)
    return found


def _need_states(plan: Plan, problem: Problem, solution: Solution) -> Iterable[PlanNeed]:
    """Each need's state: odds are those of its role in its area by its last quarter of openings.

    A plan promises its confidence for a role over all areas. A need is on track where that promise
    is kept and its own area has enough people more likely than not; at risk where half of both holds.
    Its employer reads the odds only where the sum that they follow might be shown.
    """
    last: dict[int, tuple[str, str, Quarter]] = {}
    for cell in problem.needs:
        need_id = int(cell.id[1:].split("-", 1)[0])
        if need_id not in last or cell.quarter > last[need_id][2]:
            last[need_id] = (cell.role, cell.area, cell.quarter)
    assert plan.finished_at is not None
    rule, _entry = rule_on(timezone.localdate(plan.finished_at))
    tellable = promising.of_several(problem, set(last.values()), rule)
    odds: Mapping[tuple[str, str | None, Quarter], NeedOdds] = {
        (row.role, row.area, row.quarter): row for row in solution.odds
    }
    for need_id, (role, area, quarter) in last.items():
        row = odds.get((role, area, quarter))
        confidence = problem.confidence_of(role)
        if row is None:
            continue
        promise = solution.role_odds(role)
        if promise.reaches(confidence) and row.odds >= LIKELY:
            state = PlanNeed.State.ON_TRACK
        elif promise.odds >= confidence / 2 and row.odds >= LIKELY / 2:
            state = PlanNeed.State.AT_RISK
        else:
            state = PlanNeed.State.SHORT
        told = row.odds if (role, area, quarter) in tellable else None
        yield PlanNeed(plan=plan, need_id=need_id, state=state, odds=told)


def is_out_of_date(plan: Plan) -> bool:
    """Have needs, programs, history or areas changed since the plan was made?"""
    return (
        plan.status == Plan.Status.READY
        and building.fingerprint(plan.region, settings_of(plan)) != plan.fingerprint
    )


# --- how the plan moves with its assumptions ------------------------------------------------------


def request_assumption_test(plan: Plan, *, actor: Actor, queue: bool = True) -> Plan:
    """Queue solving again with each assumption at half and at twice; once at a time."""
    from backcast.planning.sensitivity import assumptions_in

    require_staff(actor, Role.MEMBER)
    with acting(actor, "planning.request_assumption_test"):
        fresh = Plan.objects.select_for_update().get(pk=plan.pk)
        if fresh.status != Plan.Status.READY or (fresh.sensitivity or {}).get("state") == "working":
            return fresh
        names = assumptions_in(problem_of(fresh))
        fresh.sensitivity = {"state": "working", "done": 0, "of": 2 * len(names), "moves": []}
        fresh.save()
        if queue:
            app.configure_task(
                "planning.run_assumption_test", queueing_lock=f"assumptions:{plan.pk}"
            ).defer(plan=plan.pk)
    return fresh


def run_assumption_test(plan_id: int, *, actor: Actor, options: Options | None = None) -> None:
    """Solve again with each assumption at half and at twice, keeping what is done as it goes.

    Run again after an interruption, it goes on where it stopped.
    """
    from backcast.planning.schedule import Options
    from backcast.planning.sensitivity import FACTORS, assumptions_in, sensitivity

    with acting(actor, "planning.run_assumption_test"):
        plan = Plan.objects.get(pk=plan_id)
    if plan.sensitivity is None or plan.sensitivity["state"] != "working":
        return
    problem = problem_of(plan)
    base = solution_of(plan)
    moves = list(plan.sensitivity["moves"])
    done = {(move["assumption"], move["factor"]) for move in moves}
    names = assumptions_in(problem)
    options = options or Options(seconds=12, gap=0.02, rounds=1, futures=500)
    for name in names:
        if {(name, factor) for factor in FACTORS} <= done:
            continue
        moves = [move for move in moves if move["assumption"] != name]
        try:
            moves += [_plain_move(one) for one in sensitivity(problem, base, [name], options)]
        except Exception:
            log.exception("assumption could not be tested", assumption=name)
            with acting(actor, "planning.run_assumption_test"):
                Plan.objects.filter(pk=plan_id).update(
                    sensitivity={**plan.sensitivity, "state": "failed", "moves": moves}
                )
            raise
        with acting(actor, "planning.run_assumption_test"):
            Plan.objects.filter(pk=plan_id).update(
                sensitivity={
                    "state": "working",
                    "done": len(moves),
                    "of": 2 * len(names),
                    "moves": moves,
                }
            )
    with acting(actor, "planning.run_assumption_test"):
        Plan.objects.filter(pk=plan_id).update(
            sensitivity={
                "state": "ready",
                "done": len(moves),
                "of": 2 * len(names),
                "moves": moves,
            }
        )


def _plain_move(move: Move) -> dict[str, object]:
    plain: dict[str, object] = asdict(move)
    return plain


def solution_of(plan: Plan) -> Solution:
    """What a plan that is ready says. Raises ``ValueError`` where there is nothing yet."""
    if plan.solution is None:
        raise ValueError("The plan is not ready.")
    return solution_from_json(json.dumps(plan.solution))
