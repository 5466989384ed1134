"""Publishing a wave's figures to others, and saying who was hired. ``actor`` says who acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import structlog
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Kind, NotAllowed, Role, acting
from backcast.core.disclosure import (
    ALL,
    Address,
    Contribution,
    share,
    share_beside,
)
from backcast.core.jobs import app
from backcast.core.quarters import Quarter
from backcast.demand.models import (
    Hired,
    Publication,
    PublicationCorrection,
    PublicationRole,
    PublishedFigure,
    PublishedShare,
    Publishing,
    Wave,
)
from backcast.demand.models import Role as DemandRole
from backcast.demand.regional import access
from backcast.demand.regional.picture import (
    Earlier,
    counts_table,
    dimensions,
    publish,
    table_of,
    with_usual_band,
)
from backcast.partners.access import region_of, require_staff
from backcast.partners.models import CollaborativeMember, Organisation

if TYPE_CHECKING:
    from backcast.core.disclosure.tables import Table
    from backcast.demand.regional.estimates import Regional

#: The share of the people employed is told in steps of this, rounded down.
STEP = 0.05
#: First key of the lock under which a collaborative publishes; the second is its id.
_LOCK = 7_301_140

log = structlog.get_logger()


def request_publishing(wave: Wave, *, actor: Actor, corrected: bool = True) -> Publishing:
    """Ask that others be shown what may be shown of a frozen wave; a job works it out.

    Pressing twice is asking once. What failed may be asked for again. ``corrected``: numbers are
    corrected by who was hired after earlier waves, where that is known.
    """
    _require_publisher(wave, actor)
    with acting(actor, "demand.request_publishing"):
        locked = Wave.objects.select_for_update().get(pk=wave.pk)
        _require_unpublished(locked)
        row = Publishing.objects.filter(wave=locked).first() or Publishing(
            region_id=locked.region_id, wave=locked
        )
        if row.pk and row.is_busy:
            return row
        row.status, row.trouble = Publishing.Status.WAITING, ""
        row.corrected = corrected
        row.requested_at, row.requested_by_id = timezone.now(), actor.person_id
        row.started_at = row.finished_at = None
        row.save()
        app.configure_task("demand.publish_wave").defer(wave=locked.pk)
        return row


def carry_out_publishing(wave_id: int, *, actor: Actor) -> None:
    """Publish what was asked for. Safe to run again: what is done or failed stays as it is."""
    with acting(actor, "demand.start_publishing"):
        row = Publishing.objects.select_for_update().get(wave=wave_id)
        if not row.is_busy:
            return
        row.status, row.started_at = Publishing.Status.WORKING, timezone.now()
        row.save()
        wave = Wave.objects.get(pk=wave_id)
    try:
        with acting(actor, "demand.publish_wave"):
            _one_at_a_time(wave)
            # Another run may have done it meanwhile, where its worker was only taken for dead.
            if not Publication.objects.filter(wave=wave).exists():
                _require_unpublished(wave)
                _publish(wave, actor, timezone.localdate(), corrected=row.corrected)
            _end(wave, Publishing.Status.DONE)
    except ValidationError as error:
        _fail(wave, actor, " ".join(error.messages))
    except Exception:
        log.exception("wave could not be published", wave=str(wave.public_id))
        _fail(
            wave,
            actor,
            _(
                "Something went wrong while it was worked out what others may see. Try again; if it"
                " happens again, tell those who run this Backcast."
            ),
        )


def _fail(wave: Wave, actor: Actor, trouble: str) -> None:
    with acting(actor, "demand.fail_publishing"):
        _end(wave, Publishing.Status.FAILED, trouble)


def _end(wave: Wave, status: Publishing.Status, trouble: str = "") -> None:
    row = Publishing.objects.select_for_update().get(wave=wave)
    if row.status == Publishing.Status.DONE:
        return
    row.status, row.trouble, row.finished_at = status, trouble, timezone.now()
    row.save()


def publish_wave(wave: Wave, *, actor: Actor, corrected: bool = True) -> Publication:
    """Show others what may be shown of a frozen wave, while the caller waits.

    What is published stays as it is. Once it has been, corrections do not change it: the
    difference of the two would tell who corrected what.
    """
    _require_publisher(wave, actor)
    with acting(actor, "demand.publish_wave"):
        _one_at_a_time(wave)
        fresh = Wave.objects.get(pk=wave.pk)
        _require_unpublished(fresh)
        return _publish(fresh, actor, timezone.localdate(), corrected=corrected)


def _require_publisher(wave: Wave, actor: Actor) -> None:
    require_staff(actor, Role.MEMBER)
    if wave.region_id != actor.region_id and actor.kind is not Kind.SYSTEM:
        raise Http404


def _one_at_a_time(wave: Wave) -> None:
    """Until the transaction ends, nothing else of the collaborative is published.

    What a wave shows depends on what earlier ones have shown.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, wave.collaborative_id])


def _require_unpublished(wave: Wave) -> None:
    if wave.status != Wave.Status.FROZEN:
        raise ValidationError(_("Freeze the wave first: what still changes is not published."))
    if Publication.objects.filter(wave=wave).exists():
        raise ValidationError(
            _(
                "This wave is published already. Corrections show in the next wave, so that"
                " nobody can tell from the difference who corrected what."
            )
        )


def _publish(wave: Wave, actor: Actor, today: date, *, corrected: bool) -> Publication:
    rule, entry = access.rule_on(today)
    known = access.corrections_for(wave, today) if corrected else None
    regional = access.regional_of(wave, today, factors=known.of if known else None)
    roles, areas = access.roles_of(wave), access.areas_of(regional)
    dims, views, by_area = dimensions(
        [role.key for role in roles], wave.asked, [area.key for area in areas]
    )
    before = list(_before(wave, [role.key for role in roles], today))
    # Where one of the tables is split by labor area, all are read so.
    split = by_area or any(each.by_area for each in before)
    places = {
        row.key[3] for each in (regional, *(e.regional for e in before)) for row in each.weighted
    }
    if split:
        # Sites in no labor area are a place of their own, or they would be the difference to all.
        dims = (*dims[:3], tuple(sorted(places | {area.key for area in areas})) or ("",))
    figures = publish(
        table_of(regional.weighted, dims, views, split),
        rule,
        [
            Earlier(
                table_of(
                    each.regional.weighted,
                    (each.roles, each.quarters, dims[2], dims[3]),
                    ((0, 1, 2), (0, 3)) if each.by_area else ((0, 1, 2),),
                    split,
                ),
                each.shown,
            )
            for each in before
        ],
    )
    publication = Publication.objects.create(
        region_id=wave.region_id,
        collaborative=wave.collaborative,
        wave=wave,
        number=1,
        wave_name=wave.name,
        first_quarter=wave.first_quarter,
        quarters=wave.quarters,
        published_at=timezone.now(),
        published_by_id=actor.person_id,
        rule_since=entry.since,
        asked=len(regional.roster),
        answered=len(frozenset().union(*regional.answered.values())),
        without_areas=bool(areas) and not by_area,
        corrected=known is not None,
    )
    if known:
        PublicationCorrection.objects.bulk_create(
            PublicationCorrection(
                publication=publication, employer_id=int(employer), factor=known.of(employer)
            )
            for employer in regional.roster
        )
    answering = {ALL: publication.answered / max(1, publication.asked)}
    for order, role in enumerate(roles):
        asked, answered, covered = regional.coverage(role.key)
        answering[role.key] = answered / max(1, asked)
        PublicationRole.objects.create(
            publication=publication,
            role_id=int(role.key),
            order=order,
            asked=asked,
            answered=answered,
            coverage=int(covered / STEP) * STEP,
        )
    usual, assumed = access.usual_on(today), regional.assumptions
    rows = []
    for (what, quarter, cause, area), bare in figures.items():
        if area == "":
            continue
        figure = with_usual_band(bare, answering[what], usual, assumed)
        rows.append(
            PublishedFigure(
                publication=publication,
                measure=PublishedFigure.Measure.OPENINGS,
                role_id=None if what == ALL else int(what),
                quarter_start=None if quarter == ALL else Quarter.parse(quarter).first_day,
                cause="" if cause == ALL else cause,
                area_id=None if area == ALL else int(area),
                value=int(figure.value),
                low=int(figure.low),
                high=int(figure.high),
                employers=figure.employers,
            )
        )
    PublishedFigure.objects.bulk_create(rows)
    keys = [role.key for role in roles]
    trained = publish(
        _upskill(wave, regional, keys),
        rule,
        [
            Earlier(_upskill(each.wave, each.regional, each.roles, each.at), each.upskill)
            for each in before
        ],
    )
    PublishedFigure.objects.bulk_create(
        PublishedFigure(
            publication=publication,
            measure=PublishedFigure.Measure.UPSKILL,
            role_id=None if role == ALL else int(role),
            value=int(figure.value),
            low=int(figure.value),
            high=int(figure.value),
            employers=figure.employers,
        )
        for (role,), figure in trained.items()
    )
    _publish_shares(wave, publication, keys, [(each.wave, each.at) for each in before], today)
    return publication


def _upskill(
    wave: Wave, regional: Regional, roles: Sequence[str], at: datetime | None = None
) -> Table:
    """Staff to train further; nobody's count of them is corrected by hires."""
    return counts_table(
        [
            Contribution(employer, (role,), people * weight, weight)
            for employer, role, people, weight in access.upskill_of(wave, regional, at)
        ],
        roles,
    )


def _publish_shares(
    wave: Wave,
    publication: Publication,
    roles: list[str],
    before: list[tuple[Wave, datetime]],
    today: date,
) -> None:
    rule = access.share_rule_on(today)
    parts = access.share_parts(wave)
    titles = access.skill_titles([skill for _role, skill in parts])
    earlier = [access.share_parts(each, at) for each, at in before]
    rows: list[PublishedShare] = []
    for (role, skill), given in sorted(
        parts.items(),
        key=lambda item: (roles.index(item[0][0]), titles.get(item[0][1], (0, ""))[1]),
    ):
        competency, title = titles.get(skill, (None, ""))
        if not title:
            continue
        shown = share(given, rule)
        if shown and not all(
            share_beside(each.get((role, skill), []), given, rule) for each in earlier
        ):
            shown = None
        rows.append(
            PublishedShare(
                publication=publication,
                role_id=int(role),
                competency_id=competency,
                skill=title[:300],
                value=shown.value if shown else None,
                bound=shown.bound if shown else "",
                employers=shown.contributors if shown else None,
                order=len(rows),
            )
        )
    PublishedShare.objects.bulk_create(rows)


@dataclass(frozen=True)
class _Before:
    """An earlier publication, with the numbers that it was made of."""

    wave: Wave
    at: datetime
    regional: Regional
    roles: tuple[str, ...]
    quarters: tuple[str, ...]
    by_area: bool
    shown: frozenset[Address]
    upskill: frozenset[Address]


def _before(wave: Wave, roles: Sequence[str], today: date) -> Iterator[_Before]:
    """What the collaborative has published of these roles, as it was said then.

    Corrections that came since are no part of it: the difference to them is what must not be told.
    """
    earlier = Publication.objects.filter(collaborative=wave.collaborative).exclude(wave=wave)
    for publication in (
        earlier.filter(roles__role__in=[int(key) for key in roles])
        .distinct()
        .select_related("wave")
    ):
        factors = {str(row.employer_id): row.factor for row in publication.corrections.all()}
        picture = access.published_picture(publication)
        yield _Before(
            publication.wave,
            publication.published_at,
            access.regional_of(
                publication.wave,
                publication.rule_since,
                at=publication.published_at,
                factors=factors.__getitem__ if factors else None,
            ),
            tuple(role.key for role in picture.roles),
            tuple(map(str, picture.quarters)),
            bool(picture.areas),
            frozenset(picture.figures),
            frozenset((role,) for role in picture.upskill),
        )


def say_hired(
    *,
    actor: Actor,
    employer: Organisation,
    role: DemandRole,
    quarter: Quarter,
    people: int,
    today: date,
) -> Hired:
    """Say how many an employer hired into a role in a quarter that has begun; says it anew if it did."""
    _require_over(actor, employer)
    if quarter > Quarter.of(today):
        raise ValidationError({"quarter": _("This quarter has not begun yet.")})
    with acting(actor, "demand.say_hired"):
        if not CollaborativeMember.objects.filter(
            collaborative=role.collaborative_id, employer=employer, left_on=None
        ).exists():
            raise ValidationError(
                {
                    "role": _(
                        "This employer does not belong to the collaborative that has this role."
                    )
                }
            )
        row = Hired.objects.filter(
            employer=employer, role=role, quarter_start=quarter.first_day
        ).first() or Hired(
            region=region_of(actor), employer=employer, role=role, quarter_start=quarter.first_day
        )
        row.people, row.archived_at = people, None
        row.by_staff = actor.kind is not Kind.EMPLOYER
        row.full_clean()
        row.save()
        return row


def take_back_hired(row: Hired, *, actor: Actor) -> None:
    """This number was a mistake."""
    _require_over(actor, row.employer)
    with acting(actor, "demand.take_back_hired"):
        row.archived_at = timezone.now()
        row.save(update_fields=["archived_at", "updated_at"])


def _require_over(actor: Actor, employer: Organisation) -> None:
    own = actor.kind is Kind.EMPLOYER and actor.organisation_id == employer.pk
    if not own and not (actor.is_staff and employer.region_id == actor.region_id):
        raise Http404
    if not actor.may(Role.MEMBER):
        raise NotAllowed
