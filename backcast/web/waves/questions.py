"""The questions of a page as it shows them: fields with their values, versions and who wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from backcast.demand.figures import Cause
from backcast.demand.models import (
    Answer,
    AnswerChange,
    AnswerPoint,
    AnswerQuarter,
    NeedOffer,
    NeedQuarter,
    Role,
)
from backcast.demand.waves import access
from backcast.demand.waves.access import Skill, Visit
from backcast.demand.waves.answering import Outcome, Typed
from backcast.demand.waves.said import (
    OFFERS,
    STEPS_ASKED,
    TOPICS,
    WITHOUT_NUMBER,
    AskedBack,
    Said,
    as_elsewhere,
    get,
)
from backcast.partners.models import Site
from backcast.web.dates import quarter_words
from backcast.web.waves.words import (
    LABELS,
    REFILLS,
    SHARES,
    STANCES,
    people_words,
    sentence,
    value_words,
    who,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``kind``: ``number``, ``money``, ``text``, ``long``, ``check``, ``radio``, ``share``."""

    name: str
    label: str
    kind: str = "number"
    hint: str = ""
    value: str = ""
    version: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    #: Chosen beforehand, from another job; kept with the page, if it is left so.
    offered: str = ""
    #: Stands here since the last wave; nobody has touched it in this one.
    carried: bool = False
    #: Who else wrote it, and when.
    by: str = ""
    error: str = ""
    #: What is asked back, where it can be kept if it is meant.
    ask: str = ""
    placeholder: str = ""
    spoken: str = ""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def chosen(self) -> str:
        return self.value or self.offered

    @property
    def title(self) -> str:
        """The label where it stands alone."""
        return f"{self.spoken}, {self.label}" if self.spoken else self.label


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together; ``look`` says how they stand."""

    title: str
    fields: tuple[Field, ...]
    look: str = "plain"
    hint: str = ""
    note: str = ""
    open: bool = True
    more: tuple[Field, ...] = ()
    id: str = ""
    #: It may well be the same for another job: asked again only if it is not.
    shared: bool = False
    #: Folded away until somebody wants it.
    folded: bool = False
    pairs: tuple[tuple[Field, Field | None], ...] = ()
    #: What can be chosen for each field, said once above all of them.
    columns: tuple[str, ...] = ()

    @property
    def all_fields(self) -> list[Field]:
        """In the order in which they stand."""
        found = [*self.fields, *self.more]
        for one, other in self.pairs:
            found += [one, *([other] if other else [])]
        return found


class Sheet:
    """The questions of one part, for one role at one site, as one person sees them."""

    def __init__(
        self, visit: Visit, role: Role, site: Site, part: str, *, explained: bool = False
    ) -> None:
        #: Such a page was answered for another job or place: what it explains has been read.
        self.explained = explained
        self.visit, self.role, self.site, self.part = visit, role, site, part
        self.answer: Answer | None = access.latest_answers(visit.place).get((role.pk, site.pk))
        self.prefilled = False
        self.last: dict[str, AnswerChange] = {}
        if self.answer is not None:
            self.said: Said = access.said_of(self.answer)
            self.prefilled = self.answer.prefilled_from_id is not None
            changes = AnswerChange.objects.filter(answer=self.answer)
            newest = changes.order_by("field", "-pk").distinct("field")
            self.last = {one.field: one for one in newest.select_related("invitation", "person")}
        else:
            before = access.before(visit, role, site)
            self.said = before.said
            self.prefilled = not before.said.is_empty
        self.typed: Mapping[str, str] = {}
        self.outcome = Outcome()
        #: The page of the employer's first place has asked what holds here, too.
        self.later_place = False
        first = access.first_answer(visit.place, role)
        if first is not None and first.site_id != site.pk:
            if self.answer is None:
                self.said = as_elsewhere(self.said, access.said_of(first))
            earlier = first.site_id < site.pk
            self.later_place = earlier and self.said.refill_share == first.refill_share
        self.skills: list[Skill] = (
            access.skills_asked(visit, role, site) if part == "skills" else []
        )

    @property
    def editable(self) -> bool:
        if self.answer is None:
            return self.visit.wave.status == "open"
        return access.is_editable(self.answer, self.visit.wave)

    def show(self, typed: Mapping[str, Typed], outcome: Outcome) -> None:
        """Show again what was typed, with what is wrong with it."""
        self.typed = {name: one.text for name, one in typed.items() if name in outcome.refused}
        self.outcome = outcome

    def field(self, name: str, label: str, kind: str = "number", **more: Any) -> Field:
        asked = self.visit.asked
        change = self.last.get(name)
        stored = get(self.said, name, asked)
        one = Field(
            name,
            label,
            kind,
            value=self.typed.get(name, stored),
            version=change.pk if change else 0,
            carried=bool(stored) and change is None and self.prefilled,
            by=by_line(change, self.visit),
            **more,
        )
        refused = self.outcome.refused.get(name)
        if refused is not None:
            text = sentence(refused.text)
            asks = isinstance(refused, AskedBack)
            return replace(one, ask=text) if asks else replace(one, error=text)
        conflict = self.outcome.conflicts.get(name)
        return replace(one, error=conflict_line(conflict)) if conflict else one

    def groups(self) -> list[Group]:
        made = {
            "numbers": self._numbers,
            "work": self._work,
            "skills": self._skills,
            "offers": lambda: [self._offers()],
            "short": self._short,
        }[self.part]
        return list(made())

    def fields(self) -> list[Field]:
        """All fields of the page, in order."""
        return [one for group in self.groups() for one in group.all_fields]

    # --- parts ---

    def _stance(self) -> Group:
        needed = self.said.stance not in ("nobody", "not_ours")
        return Group(
            _("Nobody needed, or not your job?"),
            (
                self.field(
                    "stance",
                    _("Do you need nobody new for this job? Then say so, and go on."),
                    "radio",
                    choices=_choices(STANCES),
                ),
            ),
            "stance",
            folded=self.explained and needed and not self.outcome.refused,
        )

    def _numbers(self) -> Iterable[Group]:
        yield self._stance()
        yield Group(
            _("Today"),
            (self.field("staff_now", _("How many people do this job today?")),),
            "pair",
        )
        for step, quarter in enumerate(self.visit.asked):
            causes = tuple(
                self.field(
                    f"q.{quarter}.{cause}.likely",
                    str(NeedQuarter.Cause(cause).label),
                    hint="" if self.explained else _cause_hint(cause),
                    spoken=quarter_words(quarter),
                )
                for cause in Cause
            )
            ranges = tuple(
                self.field(
                    f"q.{quarter}.{cause}.{bound}",
                    f"{NeedQuarter.Cause(cause).label}: {words}",
                    placeholder=self._assumed(quarter, cause, bound),
                    spoken=quarter_words(quarter),
                )
                for cause in Cause
                for bound, words in (("low", _("at least")), ("high", _("at most")))
            )
            sure = self.field(
                f"sure.{quarter}",
                str(LABELS["sure"]),
                "radio",
                choices=_choices(dict(AnswerQuarter.Confidence.choices)),
            )
            here = [cell for (q, _c), cell in self.said.cells.items() if q == quarter]
            wrong = any(f.error or f.ask for f in (*causes, *ranges, sure))
            yield Group(
                quarter_words(quarter),
                (*causes, sure),
                "quarter",
                note=people_words(
                    sum(c.low for c in here), sum(c.likely for c in here), sum(c.high for c in here)
                )
                if any(c.high for c in here)
                else "",
                open=step == 0 or bool(any(c.high for c in here)) or wrong,
                more=ranges,
                id=str(quarter),
            )
        if not self.later_place:
            yield self._refill()
        yield Group(
            _("Open jobs, and people you have already"),
            (
                self.field("vacancies", _("How many of these jobs are open today?")),
                self.field(
                    "upskill",
                    _("How many of them need new skills in these months?"),
                    hint=_("They are counted apart: training them fills no opening."),
                ),
                self.field("upskill_words", str(LABELS["upskill_words"]), "text"),
            ),
            folded=self.said.upskill is None
            and self.said.vacancies is None
            and not self.outcome.refused,
        )

    def _assumed(self, quarter: Any, cause: Cause, bound: str) -> str:
        cell = self.said.cells.get((quarter, cause))
        return str(getattr(cell, bound)) if cell is not None and cell.range_assumed else ""

    def _refill(self) -> Group:
        choices = _choices(REFILLS)
        current = self.said.refill_share
        if current is not None and str(current) not in REFILLS:
            choices = (*choices, (str(current), f"{current}%"))
        return Group(
            _("When people leave and you hire new ones"),
            (
                self.field(
                    "refill_share",
                    _("How many of the new ones did the same job for another employer near by?"),
                    "radio",
                    hint=_(
                        "They only move from one employer to another, so nobody has to be trained for them."
                    ),
                    choices=(*choices, ("", _("I do not know"))),
                ),
            ),
            shared=True,
        )

    def _topic(self, topic: str, title: str, hint: str = "") -> Group:
        return Group(
            title,
            tuple(
                self.field(f"point.{topic}.{kind}", str(AnswerPoint.Kind(kind).label), "check")
                for kind in TOPICS[topic]
            ),
            "checks",
            hint=hint,
            more=(self.field(f"words.{topic}", _("Something else, in your own words"), "text"),),
            id=topic,
            shared=True,
        )

    def _work(self) -> Iterable[Group]:
        pay = _("Starting pay an hour")
        yield Group(
            pay,
            (
                self.field("wage_low", _("From"), "money", spoken=pay),
                self.field("wage_high", _("To"), "money", spoken=pay),
            ),
            "pair",
            hint="" if self.explained else _("Other employers never see it."),
        )
        yield self._topic("expectation", _("What does the job ask of people?"))
        yield self._topic("starting", _("What makes it hard to find people?"))
        yield self._topic("staying", _("Why do people leave?"))
        steps = []
        for place in range(STEPS_ASKED):
            steps += [
                self.field(f"step.{place}.title", _("Next job"), "text", spoken=str(place + 1)),
                self.field(f"step.{place}.after_months", _("After months"), spoken=str(place + 1)),
                self.field(f"step.{place}.wage", _("Pay an hour"), "money", spoken=str(place + 1)),
            ]
        yield Group(
            _("Where can people go from here?"),
            tuple(steps),
            "steps",
            hint=_(
                "The next jobs at your place, with what they pay. Leave empty what does not fit."
            ),
            folded=not self.said.steps and not self.outcome.refused,
        )
        yield Group("", (self.field("note", str(LABELS["note"]), "long"),))

    def _skills(self) -> Iterable[Group]:
        if self.skills:
            yield Group(
                _("The people you have"),
                tuple(
                    self.field(
                        f"skill.{skill.key}",
                        skill.name,
                        "share",
                        choices=self._shares(skill),
                    )
                    for skill in self.skills
                ),
                "skills",
                hint=_("How many of them are as good at it as the job asks?")
                if self.explained
                else _(
                    "Of the people who do this job today: how many are as good at it as the job asks? Skip what you do not know."
                ),
                columns=tuple(str(label) for label in SHARES.values()),
            )

    def _shares(self, skill: Skill) -> tuple[tuple[str, str], ...]:
        current = self.said.skills.get(skill.key)
        choices = _choices(SHARES)
        if current is None:
            return choices
        if str(current) not in SHARES:
            choices = (*choices, (str(current), f"{current}%"))
        return (*choices, ("", _("I do not know")))

    def _offers(self) -> Group:
        pairs = []
        for kind in OFFERS:
            number = None
            if kind not in WITHOUT_NUMBER:
                number = self.field(
                    f"offer.{kind}.number", _("How many?"), spoken=str(NeedOffer.Kind(kind).label)
                )
            pairs.append(
                (self.field(f"offer.{kind}", str(NeedOffer.Kind(kind).label), "check"), number)
            )
        return Group(
            _("What can you offer?"),
            (),
            "offers",
            hint=_("Tick what you would do for people who train for this job."),
            pairs=tuple(pairs),
            shared=True,
        )

    def _short(self) -> Iterable[Group]:
        parts = self.visit.parts
        if "numbers" in parts:
            yield self._stance()
            yield Group(
                _("1. How many people will you need, all in all, and why?"),
                tuple(
                    self.field(
                        f"total.{cause}",
                        str(NeedQuarter.Cause(cause).label),
                        hint="" if self.explained else _cause_hint(cause),
                    )
                    for cause in Cause
                ),
                "totals",
                hint=_("From %(first)s to %(last)s. We spread the number evenly over these months.")
                % {
                    "first": quarter_words(self.visit.asked[0]),
                    "last": quarter_words(self.visit.asked[-1]),
                },
            )
            yield Group(
                _("2. How sure are you?"),
                (
                    self.field(
                        "sure",
                        str(LABELS["sure"]),
                        "radio",
                        choices=_choices(dict(AnswerQuarter.Confidence.choices)),
                    ),
                ),
                "bare",
            )
            yield replace(self._refill(), title=_("3. When people leave and you hire new ones"))
        if "work" in parts:
            yield self._topic("starting", _("4. What makes it hard to find people?"))
        if "offers" in parts:
            yield replace(self._offers(), title=_("5. What can you offer?"))


def _choices(words: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((value, str(label)) for value, label in words.items())


def _cause_hint(cause: Cause) -> str:
    return {
        Cause.GROWTH: _("You will have more of these jobs."),
        Cause.RETIREMENT: _("People will retire."),
        Cause.TURNOVER: _("People will leave for other reasons."),
        Cause.PROMOTION: _("People will move up, and you fill their place."),
    }[cause]


def by_line(change: AnswerChange | None, visit: Visit) -> str:
    """Who else wrote the field last, and when; empty where it was the reader, or nobody."""
    if change is None:
        return ""
    mine = (
        change.invitation_id == visit.invitation.pk
        if visit.invitation
        else change.person_id is not None and change.person_id == visit.actor.person_id
    )
    if mine:
        return ""
    at = formats.date_format(timezone.localtime(change.at), "DATETIME_FORMAT")
    return _("%(who)s, %(at)s") % {"who": who(change), "at": at}


def conflict_line(change: AnswerChange) -> str:
    """What somebody else wrote meanwhile."""
    return _("%(who)s wrote “%(value)s” here meanwhile. Nothing was overwritten.") % {
        "who": who(change),
        "value": value_words(change.field, change.after) or _("nothing"),
    }
