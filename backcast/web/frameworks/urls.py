"""Occupations, competencies, credentials, what is loaded, and finding them while typing."""

from django.urls import path

from backcast.web.frameworks import (
    competencies,
    credentials,
    find,
    interchange,
    occupations,
    releases,
)

app_name = "frameworks"
urlpatterns = [
    path("", occupations.occupations, name="occupations"),
    path("new/", occupations.add, name="occupation_add"),
    path("find/", find.occupation, name="find_occupation"),
    path("<uuid:occupation>/", occupations.page, name="occupation"),
    path("<uuid:occupation>/edit/", occupations.edit, name="occupation_edit"),
    path("<uuid:occupation>/archive/", occupations.archive, name="occupation_archive"),
    path("<uuid:occupation>/bring-back/", occupations.bring_back, name="occupation_bring_back"),
    path("competencies/", competencies.competencies, name="competencies"),
    path("competencies/new/", competencies.add, name="competency_add"),
    path("competencies/find/", find.competency, name="find_competency"),
    path("competencies/import/", interchange.take_in, name="import"),
    path("competencies/import/<uuid:upload>/", interchange.preview, name="import_preview"),
    path("competencies/import/<uuid:upload>/load/", interchange.load, name="import_load"),
    path("competencies/import/<uuid:upload>/drop/", interchange.drop, name="import_drop"),
    path("competencies/export/<slug:kind>/", interchange.export_own, name="export_own"),
    path(
        "competencies/imported/<uuid:imported>/",
        interchange.export_imported,
        name="export_imported",
    ),
    path(
        "competencies/<uuid:competency>/export/<slug:kind>/",
        interchange.export_one,
        name="export_competency",
    ),
    path("competencies/<uuid:competency>/", competencies.page, name="competency"),
    path("competencies/<uuid:competency>/edit/", competencies.edit, name="competency_edit"),
    path(
        "competencies/<uuid:competency>/archive/", competencies.archive, name="competency_archive"
    ),
    path(
        "competencies/<uuid:competency>/bring-back/",
        competencies.bring_back,
        name="competency_bring_back",
    ),
    path("credentials/", credentials.credentials, name="credentials"),
    path("credentials/new/", credentials.add, name="credential_add"),
    path("credentials/find/", find.credential, name="find_credential"),
    path("credentials/<uuid:credential>/", credentials.page, name="credential"),
    path("credentials/<uuid:credential>/edit/", credentials.edit, name="credential_edit"),
    path("credentials/<uuid:credential>/archive/", credentials.archive, name="credential_archive"),
    path(
        "credentials/<uuid:credential>/bring-back/",
        credentials.bring_back,
        name="credential_bring_back",
    ),
    path("releases/", releases.releases, name="releases"),
    path("releases/<uuid:release>/", releases.page, name="release"),
]
