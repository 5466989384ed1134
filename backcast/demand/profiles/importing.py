"""A profile out of a file: what its next version would say, and making it so.

``prepare`` reads, finds what the names mean in the region, compares with the version that is being
written (or else the one that counts) and changes nothing; ``take_in`` does the same again and writes a
draft. A workbook is the whole profile: a line that it lacks goes, one whose row is refused stays. Other
files add to what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.demand.figures import Named
from backcast.demand.interchange import jobposting, profile_framework, profile_workbook
from backcast.demand.interchange.asks import Ask, Sheet, uuid_of
from backcast.demand.interchange.need_postings import is_json
from backcast.demand.models import ProfileVersion, RequirementProfile
from backcast.demand.profiles import access, actions
from backcast.demand.profiles.differences import Change, differences
from backcast.demand.profiles.lifecycle import STEPS, state_of
from backcast.demand.profiles.values import (
    Line,
    Necessity,
    NewLine,
    Origin,
    Profile,
    Scale,
    Status,
    Subject,
)
from backcast.demand.refusals import N_, FileRefused, Refusal, Remark, Sentence, say
from backcast.frameworks.interchange import case, ctdl
from backcast.frameworks.interchange.values import parse
from backcast.frameworks.models import Competency, Credential, Framework, ImportedItem
from backcast.frameworks.parsing.problems import FileProblem
from backcast.frameworks.text import folded


@dataclass(frozen=True, slots=True)
class Preview:
    """What the file would make of the profile. Every row is used or among the refusals."""

    before: Profile | None
    after: Profile
    whole: bool
    changes: tuple[Change, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    rows_in: int
    #: The version that would be written to; None: a new draft.
    version: ProfileVersion | None

    @property
    def rows_refused(self) -> int:
        return len({refusal.row for refusal in self.refusals})

    @property
    def rows_used(self) -> int:
        return self.rows_in - self.rows_refused


@dataclass(frozen=True, slots=True)
class _Read:
    sheet: Sheet
    rows: tuple[int, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    rows_in: int
    whole: bool
    #: Lines whose rows are refused: they stay as they are.
    stay: frozenset[UUID] = frozenset()


def prepare(actor: Actor, profile: RequirementProfile, content: bytes) -> Preview:
    """What taking ``content`` in would do. Raises ``FileRefused``; changes nothing."""
    read = _read(content, profile.role.title)
    version = _making(profile)
    base = version or profile.versions.current().first()
    if base is not None:
        base.profile = profile
    before = access.value_of(base) if base else None
    there = {line.key: line for line in before.lines} if before else {}
    finder = _Finder(actor, there)
    refusals, remarks = list(read.refusals), list(read.remarks)
    kept = {key: line for key, line in there.items() if not read.whole or key in read.stay}
    keys: dict[UUID, UUID] = {}
    pairs = sorted(
        zip(read.rows, read.sheet.asks, strict=True),
        key=lambda pair: pair[1].necessity is Necessity.INSTEAD,
    )
    for row, ask in pairs:
        line = finder.line(ask, row, remarks)
        if ask.key is not None:
            keys[ask.key] = line.key
        if ask.necessity is Necessity.INSTEAD:
            other = kept.get(keys.get(ask.instead_of, ask.instead_of)) if ask.instead_of else None
            if (
                other is None
                or other.subject is not Subject.CREDENTIAL
                or line.subject is Subject.COMPETENCY
            ):
                refusals.append(_stands_for_nothing(row, ask))
                if line.key in there:
                    kept[line.key] = there[line.key]
                continue
            line = replace(line, instead_of=other.key)
        if line.key in kept and read.whole:
            refusals.append(_twice(row, ask))
            continue
        kept[line.key] = line
    if not kept or not (read.sheet.asks or read.stay):
        raise FileRefused(
            say(N_("No line of the file can be used.")),
            say(N_("Choose a file that says what a role asks for.")),
        )
    order = {} if read.whole else {key: place for place, key in enumerate(there)}
    lines = sorted(kept.values(), key=lambda line: order.get(line.key, len(order)))
    after = Profile(
        Named(profile.role_id, profile.role.title),
        version.number if version else (base.number if base else 0) + 1,
        Status.DRAFT,
        tuple(lines),
    )
    empty = Profile(after.role, 0, Status.DRAFT)
    return Preview(
        before,
        after,
        read.whole,
        differences(before or empty, after),
        tuple(sorted(refusals, key=lambda each: each.row)),
        tuple(remarks),
        read.rows_in,
        version,
    )


def _making(profile: RequirementProfile) -> ProfileVersion | None:
    """The version that is being written, if there is one."""
    found = profile.versions.in_the_making().first()
    if found and STEPS["change_lines"].allowed(state_of(found.status, found.is_archived)):
        return found
    return None


def _stands_for_nothing(row: int, ask: Ask) -> Refusal:
    return Refusal(
        row,
        profile_workbook.TITLE["instead_of"],
        say(
            N_("“%(name)s” does not name a credential that it is accepted instead of."),
            name=ask.name[:80],
        ),
        say(N_("Name a credential that the region has; add it to the list first.")),
    )


def _twice(row: int, ask: Ask) -> Refusal:
    return Refusal(
        row,
        profile_workbook.TITLE["name"],
        say(N_("“%(name)s” means the same as another line."), name=ask.name[:80]),
        say(N_("Keep one of the two.")),
    )


def _read(content: bytes, role: str) -> _Read:
    if not is_json(content):
        book = profile_workbook.read(content, role)
        return _Read(
            book.sheet,
            book.rows,
            book.refusals,
            book.remarks,
            book.rows_in,
            whole=True,
            stay=book.stay,
        )
    try:
        sheet, refused = _sheet(content)
    except FileProblem as problem:
        raise FileRefused(
            say(N_("The file cannot be read: %(what)s"), what=problem.what),
            say(N_("%(remedy)s"), remedy=problem.remedy),
        ) from None
    rows = tuple(range(1, len(sheet.asks) + 1))
    return _Read(sheet, rows, tuple(refused), (), len(sheet.asks) + len(refused), whole=False)


def _sheet(content: bytes) -> tuple[Sheet, list[Refusal]]:
    """The requirements in JSON of any of the formats, and what of it cannot be used."""
    raw = parse(content, "file")
    if "CFDocument" in raw or "CFPackage" in raw:
        package = case.read(content)
        told = package.items.examples
        sheet = profile_framework.sheet_of(case.understood(package.package))
    elif _holds_framework(raw.get("@graph")):
        graph = ctdl.read(content)
        told = graph.refusals
        sheet = profile_framework.sheet_of(ctdl.understood(graph.graph))
    else:
        postings = jobposting.read(content)
        told = []
        sheet = jobposting.sheet_of(postings[0])
    first = len(sheet.asks) + 1
    return sheet, [
        Refusal(
            first + at,
            each.field,
            say(N_("%(what)s"), what=each.what),
            say(N_("%(remedy)s"), remedy=each.remedy),
        )
        for at, each in enumerate(told)
    ]


def _holds_framework(graph: Any) -> bool:
    return isinstance(graph, list) and any(
        isinstance(each, dict) and each.get("@type") == ctdl.FRAMEWORK for each in graph
    )


def _trouble(ask: Ask, scale: Scale | None) -> Sentence | None:
    """Why the levels that are asked for cannot be those of the competency, if they cannot."""
    levels = [level for level in (ask.level_at_hire, ask.level_later) if level is not None]
    if not levels:
        return None
    name = ask.name[:80]
    if scale is None:
        return say(N_("“%(name)s” has no scale here, so its levels are left out."), name=name)
    ends = {"low": f"{scale.low:g}", "high": f"{scale.high:g}"}
    if ask.scale not in ("", scale.code):
        return say(
            N_(
                "The levels of “%(name)s” are on another scale (%(given)s) and are left out. "
                "State them on %(ours)s, from %(low)s to %(high)s."
            ),
            name=name,
            given=ask.scale[:20],
            ours=scale.code,
            **ends,
        )
    outside = [level for level in levels if not scale.holds(level)]
    if outside:
        return say(
            N_(
                "Level %(level)s of “%(name)s” is not on its scale, so its levels are left out. "
                "Give a level from %(low)s to %(high)s."
            ),
            level=f"{outside[0]:g}",
            name=name,
            **ends,
        )
    if len(levels) == 2 and levels[1] < levels[0]:
        return say(
            N_(
                "The level of “%(name)s” would fall from %(hire)s at hire to %(later)s after six "
                "months, so both are left out."
            ),
            name=name,
            hire=f"{levels[0]:g}",
            later=f"{levels[1]:g}",
        )
    return None


class _Finder:
    """What the names of a file mean: lines that are there, competencies and credentials."""

    def __init__(self, actor: Actor, there: dict[UUID, Line]) -> None:
        self.actor, self.there = actor, there
        self.by_item = {
            (line.subject, line.item.id or folded(line.item.name)): line for line in there.values()
        }

    def line(self, ask: Ask, row: int, remarks: list[Remark]) -> Line:
        """The line that an ask becomes; what of it cannot be used is told and stays as it was."""
        old = self.there.get(ask.key) if ask.key else None
        if old and old.subject is ask.subject and folded(old.item.name) == folded(ask.name):
            # The line itself, though its framework may have withdrawn what it stands on.
            subject, item, scale = old.subject, old.item, old.scale
        else:
            subject, item, competency = self._item(ask)
            scale = access.scale_value(competency.scale) if competency else None

        def remark(field: str, text: Sentence) -> None:
            remarks.append(Remark(row, field, text))

        name = ask.name[:80]
        if subject is Subject.WORDS and ask.subject is not Subject.WORDS:
            remark(
                "", say(N_("“%(name)s” is not on our lists; it is kept in own words."), name=name)
            )
        for field, value in ask.unclear:
            remark(
                profile_workbook.TITLE[field],
                say(
                    N_("“%(value)s” cannot be understood for “%(name)s” and is left out."),
                    value=value,
                    name=name,
                ),
            )
        old = old or self.by_item.get((subject, item.id or folded(item.name)))
        hire, later = ask.level_at_hire, ask.level_later
        trouble = _trouble(ask, scale)
        if trouble is not None:
            remark(profile_workbook.TITLE["level_at_hire"], trouble)
        if trouble is not None or any(field.startswith("level") for field, _value in ask.unclear):
            same = old is not None and old.item.id == item.id and old.scale == scale
            hire, later = (old.level_at_hire, old.level_later) if old and same else (None, None)
        line = Line(
            old.key if old else ask.key or uuid4(),
            subject,
            item,
            ask.necessity,
            ask.importance,
            hire,
            later,
            scale,
            ask.learned,
            None,
            old.origin if old else Origin.IMPORTED,
            ask.source,
            old.confirmed if old else True,
        )
        unclear = {field for field, _value in ask.unclear}
        stays = [name for name in ("necessity", "importance", "learned") if name in unclear]
        return replace(line, **{name: getattr(old, name) for name in stays}) if old else line

    def _item(self, ask: Ask) -> tuple[Subject, Named, Competency | None]:
        if ask.subject is Subject.CREDENTIAL:
            found = Credential.objects.filter(
                region=self.actor.region_id, archived_at=None, folded__startswith=folded(ask.name)
            )
            for credential in found:
                if folded(credential.name) == folded(ask.name):
                    return Subject.CREDENTIAL, Named(credential.pk, credential.name), None
        elif ask.subject is Subject.COMPETENCY:
            competency = self._competency(ask)
            if competency is not None:
                return Subject.COMPETENCY, Named(competency.pk, competency.statement), competency
        return Subject.WORDS, Named(0, ask.name), None

    def _competency(self, ask: Ask) -> Competency | None:
        """By its address, its code, or its words: own ones first, then O*NET, then ESCO."""
        usable = Competency.objects.filter(
            Q(region=None) | Q(region=self.actor.region_id), withdrawn_in=None, archived_at=None
        ).select_related("scale")
        if ask.uri:
            own = uuid_of(ask.uri.removeprefix("urn:uuid:"))
            by_address = Q(source_id=ask.uri) | Q(public_id=own) if own else Q(source_id=ask.uri)
            taken_in = ImportedItem.objects.filter(
                imported__region=self.actor.region_id, uri=ask.uri
            )
            by_address |= Q(pk__in=taken_in.values("competency"))
            if found := usable.filter(by_address).order_by("region", "pk").first():
                return found
        if ask.code and (
            found := usable.filter(framework=Framework.ONET, source_id=ask.code).first()
        ):
            return found
        named = list(
            usable.filter(folded=folded(ask.name)).exclude(kind=Competency.Kind.GROUP)[:20]
        )
        order = {"": 0, Framework.ONET.value: 1, Framework.ESCO.value: 2}
        named.sort(key=lambda each: (order[each.framework], each.pk))
        return named[0] if named else None


def take_in(
    profile: RequirementProfile, content: bytes, *, actor: Actor
) -> tuple[ProfileVersion, Preview]:
    """Write what the file says into the version being written, or into a new draft.

    Raises ``FileRefused`` or ``ValidationError``; then nothing is changed.
    """
    with acting(actor, "demand.take_in_profile"):
        profile = access.profile(actor, profile.public_id, role=Role.MEMBER)
        preview = prepare(actor, profile, content)
        version = preview.version or actions.begin_profile(profile.role, actor=actor)
        version.profile = profile
        _apply(version, preview, actor)
    return version, preview


def _apply(version: ProfileVersion, preview: Preview, actor: Actor) -> None:
    wanted = {line.key: line for line in preview.after.lines}
    rows = {row.line_key: row for row in access.lines(version)}
    # What is accepted instead goes before what it stands for.
    for row in sorted(rows.values(), key=lambda row: row.instead_of_id is None):
        if row.line_key not in wanted:
            actions.remove_line(row, actor=actor)
    new = [line for key, line in wanted.items() if key not in rows]
    for line in (each for each in wanted.values() if each.instead_of is None):
        if line.key in rows:
            _change(version, line, actor)
    actions.add_lines(
        version,
        [
            NewLine(
                line.subject,
                line.item,
                line.necessity,
                line.importance,
                line.level_at_hire,
                line.level_later,
                line.learned,
                line.instead_of,
                line.source,
                line.key,
            )
            for line in new
        ],
        actor=actor,
        origin=Origin.IMPORTED,
    )
    for line in (each for each in wanted.values() if each.instead_of is not None):
        if line.key in rows:
            _change(version, line, actor)


def _change(version: ProfileVersion, line: Line, actor: Actor) -> None:
    """Bring a line that is there to what the file says of it."""
    row = access.line(actor, version, line.key)
    now = access.line_value(row)
    if (now.subject, now.item.id) != (line.subject, line.item.id):
        if now.subject is Subject.COMPETENCY and line.subject is Subject.COMPETENCY:
            actions.replace_competency(row, Competency.objects.get(pk=line.item.id), actor=actor)
        else:
            raise ValidationError(
                _("“%(old)s” and “%(new)s” have one line number. Empty the number of the new one.")
                % {"old": now.item.name, "new": line.item.name}
            )
    stands_for = access.line(actor, version, line.instead_of) if line.instead_of else None
    changes: dict[str, Any] = {
        "necessity": line.necessity,
        "importance": line.importance,
        "level_at_hire": line.level_at_hire,
        "level_later": line.level_later,
        "learned": line.learned,
        "instead_of": stands_for,
    }
    if line.subject is Subject.WORDS:
        changes["words"] = line.item.name
    before = {name: getattr(row, name) for name in changes}
    if before != changes:
        actions.change_line(row, actor=actor, **changes)
