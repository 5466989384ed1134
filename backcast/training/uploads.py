"""A list that somebody uploads: kept, its columns confirmed, previewed, then loaded or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.core.actor import Actor, Role, acting
from backcast.core.uploads import limit_bytes
from backcast.partners.access import region_of, require_staff
from backcast.partners.models import Region
from backcast.training import recipes
from backcast.training.cleaning import Refusal
from backcast.training.columns import FIELDS, MappingError, check, suggest
from backcast.training.loading import Job, Report, load_outcomes, load_programs, read_providers
from backcast.training.models import (
    ColumnChoice,
    ColumnMapping,
    ListLoad,
    ListRefusal,
    Program,
    PublishedOutcome,
)
from backcast.training.reading import Table, UnreadableFileError, open_table


def keep_upload(
    *,
    actor: Actor,
    kind: str,
    file_name: str,
    content: Iterable[bytes],
    source: str,
    period: str = "",
    recipe: str = "",
    providers: Iterable[bytes] | None = None,
) -> ListLoad:
    """Keep an uploaded list, and its own file of providers if any, until it is loaded or dropped.

    Raises ``ValidationError``: too large, unreadable as a table, or a recipe that does not exist.
    """
    require_staff(actor, Role.MEMBER)
    region = region_of(actor)
    if recipe and recipe not in recipes.names():
        raise ValidationError({"recipe": _("There are no such assumptions. Choose again.")})
    stored = f"lists/{uuid4()}"
    beside = f"{stored}-providers" if providers is not None else ""
    path = Path(settings.MEDIA_ROOT) / stored
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with acting(actor, "training.keep_upload"):
            _store(path, content, "file")
            table = open_table(path, limit_mb=settings.UPLOAD_LIMIT_MB)
            if providers is not None:
                _store(Path(settings.MEDIA_ROOT) / beside, providers, "providers")
                _provider_columns(Path(settings.MEDIA_ROOT) / beside)
            load = ListLoad(
                region=region,
                kind=kind,
                file_name=file_name[-255:],
                stored_name=stored,
                stored_providers=beside,
                source=" ".join(source.split()),
                period=" ".join(period.split()),
                recipe=recipe,
                remarks="\n".join(table.remarks),
            )
            load.full_clean(exclude=["mapping"])
            load.save()
    except UnreadableFileError as error:
        _let_go(stored, beside)
        raise ValidationError({"file": str(error)}) from error
    except BaseException:
        _let_go(stored, beside)
        raise
    return load


def _provider_columns(path: Path) -> dict[str, str]:
    """The columns of a file of providers, by likeness. Raises ``ValidationError``."""
    try:
        columns = open_table(path, limit_mb=settings.UPLOAD_LIMIT_MB).columns
        return check(suggest(columns, FIELDS["providers"]), columns, FIELDS["providers"])
    except (UnreadableFileError, MappingError) as error:
        raise ValidationError({"providers": str(error)}) from error


def _store(path: Path, content: Iterable[bytes], field: str) -> None:
    size = 0
    with path.open("wb") as file:
        for block in content:
            size += len(block)
            if size > limit_bytes():
                raise ValidationError(
                    {
                        field: _(
                            "The file is larger than %(limit)s MB. Remove columns that are not "
                            "needed, or send it in parts."
                        )
                        % {"limit": settings.UPLOAD_LIMIT_MB}
                    }
                )
            file.write(block)


def table_of(load: ListLoad) -> Table:
    """The kept file as a table. Raises ``ValidationError`` where it is gone."""
    path = Path(settings.MEDIA_ROOT) / load.stored_name
    if not load.stored_name or not path.is_file():
        raise ValidationError(_("The file is no longer here. Upload it again."))
    return open_table(path, limit_mb=settings.UPLOAD_LIMIT_MB)


def suggested(load: ListLoad, known: Iterable[ColumnMapping] = ()) -> dict[str, str]:
    """What was chosen before; else a named choice whose columns all exist; else by likeness."""
    columns = table_of(load).columns
    if load.mapping is not None:
        return load.mapping.columns()
    for mapping in known:
        kept = mapping.columns()
        if kept and set(kept.values()) <= set(columns):
            return kept
    return suggest(columns, FIELDS[load.kind])


def confirm_columns(
    load: ListLoad, columns: Mapping[str, str], *, actor: Actor, save_as: str = ""
) -> Report:
    """Keep the choice of columns and hold the whole file against the rules, without using it.

    ``save_as`` names the choice, so that the next list of this make finds it. Raises
    ``ValidationError`` by field.
    """
    _open_only(load)
    with acting(actor, "training.confirm_columns"):
        mapping = _keep_mapping(load, columns, " ".join(save_as.split()))
        load.mapping = mapping
        report = _run(load, actor, dry_run=True)
        load.state = ListLoad.State.PREVIEW
        _count(load, report)
        load.save()
    return report


def commit(load: ListLoad, *, actor: Actor) -> Report:
    """Load what can be used, in one transaction, and let go of the file."""
    _open_only(load)
    if load.state != ListLoad.State.PREVIEW:
        raise ValidationError(_("Confirm the columns first."))
    with acting(actor, "training.commit_list"):
        report = _run(load, actor, dry_run=False)
        if load.recipe:  # the region is planned with what its list assumes
            region = Region.objects.select_for_update().get(pk=load.region_id)
            if region.recipe != load.recipe:
                region.recipe = load.recipe
                region.save(update_fields=["recipe", "updated_at"])
        load.state = ListLoad.State.COMMITTED
        load.released_by_id = actor.person_id
        load.released_at = timezone.now()
        _count(load, report)
        kept = (load.stored_name, load.stored_providers)
        load.stored_name = load.stored_providers = ""
        load.save()
        transaction.on_commit(lambda: _let_go(*kept))
    return report


def drop(load: ListLoad, *, actor: Actor) -> None:
    """Give the upload up; nothing of it was used, and the file goes."""
    _open_only(load)
    with acting(actor, "training.drop_list"):
        kept = (load.stored_name, load.stored_providers)
        load.delete()
        transaction.on_commit(lambda: _let_go(*kept))


def already_there(load: ListLoad) -> int:
    """How many programs (or outcomes) of the same list are loaded already."""
    rows = Program.objects if load.kind == "programs" else PublishedOutcome.objects
    return rows.filter(region=load.region_id, source=load.source).count()


def _open_only(load: ListLoad) -> None:
    if load.state == ListLoad.State.COMMITTED:
        raise ValidationError(_("This list has been loaded. Upload it again to load it anew."))


def _let_go(*stored: str) -> None:
    for name in filter(None, stored):
        (Path(settings.MEDIA_ROOT) / name).unlink(missing_ok=True)


def _keep_mapping(load: ListLoad, columns: Mapping[str, str], name: str) -> ColumnMapping:
    mapping = None
    if name:
        mapping = ColumnMapping.objects.filter(
            region=load.region_id, kind=load.kind, name__iexact=name, archived_at__isnull=True
        ).first()
    elif load.mapping is not None and not load.mapping.name:
        mapping = load.mapping
    if mapping is None:
        mapping = ColumnMapping.objects.create(region_id=load.region_id, kind=load.kind, name=name)
    chosen = {key: column for key, column in columns.items() if column}
    if mapping.columns() != chosen:
        ColumnChoice.objects.filter(mapping=mapping).delete()
        ColumnChoice.objects.bulk_create(
            ColumnChoice(mapping=mapping, field=key, column=column)
            for key, column in chosen.items()
        )
    return mapping


def _run(load: ListLoad, actor: Actor, *, dry_run: bool) -> Report:
    assert load.mapping is not None
    table_of(load)
    given: dict[str, object] = {}
    if load.recipe:
        recipe = recipes.load(load.recipe)
        given = {
            "state": recipe.state,
            "cip_changes": recipe.cip_changes,
            "assumptions": recipe.assumptions,
        }
    if load.stored_providers:
        path = Path(settings.MEDIA_ROOT) / load.stored_providers
        given["providers"] = read_providers(path, _provider_columns(path))
    job = Job(
        region=load.region,
        path=Path(settings.MEDIA_ROOT) / load.stored_name,
        file_name=load.file_name,
        columns=dict(
            ColumnChoice.objects.filter(mapping=load.mapping).values_list("field", "column")
        ),
        source=load.source,
        period=load.period,
        limit_mb=settings.UPLOAD_LIMIT_MB,
        **given,  # type: ignore[arg-type]
    )
    ListRefusal.objects.filter(load=load).delete()
    waiting: list[ListRefusal] = []

    def keep(refusal: Refusal) -> None:
        waiting.append(
            ListRefusal(
                load=load,
                row=refusal.row,
                reason=refusal.reason,
                field=refusal.field[:60],
                message=refusal.message[:500],
                remedy=refusal.remedy[:500],
            )
        )
        if len(waiting) >= 1000:
            ListRefusal.objects.bulk_create(waiting)
            waiting.clear()

    run = load_programs if load.kind == ColumnMapping.Kind.PROGRAMS else load_outcomes
    try:
        report = run(job, actor=actor, dry_run=dry_run, refused=keep)
    except MappingError as error:
        raise ValidationError(dict(error.complaints)) from error
    except UnreadableFileError as error:
        raise ValidationError(str(error)) from error
    ListRefusal.objects.bulk_create(waiting)
    return report


def _count(load: ListLoad, report: Report) -> None:
    load.rows_in, load.rows_used = report.rows_in, report.rows_used
    load.rows_refused = report.rows_refused
    notes = [f"{count}× {note}" for note, count in sorted(report.notes.items())]
    load.remarks = "\n".join([*report.remarks, *notes])
