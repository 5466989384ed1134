"""Publishing a wave's figures to others, and saying who was hired. ``actor`` says who acts."""

from __future__ import annotations

from datetime import date
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
    Rule,
    share,
)
from backcast.core.jobs import app
from backcast.core.quarters import Quarter
from backcast.demand.models import (
    Hired,
    Publication,
    PublicationRole,
    PublishedFigure,
    PublishedShare,
    Publishing,
    Wave,
)
from backcast.demand.models import Role as DemandRole
from backcast.demand.regional import access
from backcast.demand.regional.picture import dimensions, publish, publish_counts, table_of
from backcast.partners.access import region_of, require_staff
from backcast.partners.models import CollaborativeMember, Organisation

if TYPE_CHECKING:
    from backcast.demand.regional.estimates import Regional

#: The share of the people employed is told in steps of this, rounded down.
STEP = 0.05
#: First key of the lock under which a collaborative publishes; the second is its id.
_LOCK = 7_301_140

log = structlog.get_logger()


def request_publishing(wave: Wave, *, actor: Actor) -> Publishing:
    """Ask that others be shown what may be shown of a frozen wave; a job works it out.

    Pressing twice is asking once. What failed may be asked for again.
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
                _publish(wave, actor, timezone.localdate())
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


def publish_wave(wave: Wave, *, actor: Actor) -> Publication:
    """Show others what may be shown of a frozen wave, while the caller waits.

    What is published stays as it is. Once it has been, corrections do not change it: the
    difference of the two would tell who corrected what.
    """
    _require_publisher(wave, actor)
    with acting(actor, "demand.publish_wave"):
        _one_at_a_time(wave)
        fresh = Wave.objects.get(pk=wave.pk)
        _require_unpublished(fresh)
        return _publish(fresh, actor, timezone.localdate())


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


def _publish(wave: Wave, actor: Actor, today: date) -> Publication:
    rule, entry = access.rule_on(today)
    regional = access.regional_of(wave, today)
    roles, areas = access.roles_of(wave), access.areas_of(regional)
    dims, views, by_area = dimensions(
        [role.key for role in roles], wave.asked, [area.key for area in areas]
    )
    if by_area and any(not row.key[3] for row in regional.weighted):
        # Sites in no labor area are a place of their own, or they would be the difference to all.
        dims = (*dims[:3], (*dims[3], ""))
    table = table_of(regional.weighted, dims, views, by_area)
    figures = publish(regional, table, rule, _shown_before(wave, regional, rule, today))
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
    )
    for order, role in enumerate(roles):
        asked, answered, covered = regional.coverage(role.key)
        PublicationRole.objects.create(
            publication=publication,
            role_id=int(role.key),
            order=order,
            asked=asked,
            answered=answered,
            coverage=int(covered / STEP) * STEP,
        )
    PublishedFigure.objects.bulk_create(
        PublishedFigure(
            publication=publication,
            measure=PublishedFigure.Measure.OPENINGS,
            role_id=None if role == ALL else int(role),
            quarter_start=None if quarter == ALL else Quarter.parse(quarter).first_day,
            cause="" if cause == ALL else cause,
            area_id=None if area in (ALL, "") else int(area),
            value=int(figure.value),
            low=int(figure.low),
            high=int(figure.high),
            employers=figure.employers,
        )
        for (role, quarter, cause, area), figure in figures.items()
    )
    keys = [role.key for role in roles]
    upskill = [
        Contribution(employer, (role,), people * weight, weight)
        for employer, role, people, weight in access.upskill_of(wave, regional)
    ]
    PublishedFigure.objects.bulk_create(
        PublishedFigure(
            publication=publication,
            measure=PublishedFigure.Measure.UPSKILL,
            role_id=None if role == ALL else int(role),
            value=value,
            low=value,
            high=value,
            employers=employers,
        )
        for role, (value, employers) in publish_counts(upskill, keys, rule).items()
    )
    _publish_shares(wave, publication, keys, today)
    return publication


def _publish_shares(wave: Wave, publication: Publication, roles: list[str], today: date) -> None:
    rule = access.share_rule_on(today)
    parts = access.share_parts(wave)
    titles = access.skill_titles([skill for _role, skill in parts])
    rows: list[PublishedShare] = []
    for (role, skill), given in sorted(
        parts.items(),
        key=lambda item: (roles.index(item[0][0]), titles.get(item[0][1], (0, ""))[1]),
    ):
        competency, title = titles.get(skill, (None, ""))
        if not title:
            continue
        shown = share(given, rule)
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


def _shown_before(wave: Wave, regional: Regional, rule: Rule, today: date) -> frozenset[Address]:
    """What an earlier publication showed for the same role and quarter, where few have changed since."""
    from backcast.core.disclosure.differences import differs_too_little

    found: set[Address] = set()
    earlier = Publication.objects.filter(collaborative=wave.collaborative).exclude(wave=wave)
    for publication in earlier.select_related("wave"):
        quarters = sorted(set(map(str, publication.asked_for)) & set(map(str, wave.asked)))
        before = access.regional_of(publication.wave, today)
        roles = sorted(before.answered.keys() & regional.answered.keys())
        if not quarters or not roles:
            continue
        dims, views, _by_area = dimensions(roles, [Quarter.parse(q) for q in quarters], [])
        old, new = (
            table_of(
                [row for row in each.weighted if row.key[0] in roles and row.key[1] in quarters],
                dims,
                views,
                by_area=False,
            )
            for each in (before, regional)
        )
        shown = publication.figures.filter(
            measure=PublishedFigure.Measure.OPENINGS,
            area=None,
            role__isnull=False,
            quarter_start__isnull=False,
        )
        found |= differs_too_little(
            old,
            new,
            rule,
            [
                (str(row.role_id), str(Quarter.of(row.quarter_start)), row.cause or ALL, ALL)
                for row in shown
                if row.quarter_start
            ],
        )
    return frozenset(found)


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
