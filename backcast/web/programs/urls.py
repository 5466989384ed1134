from django.urls import path

from backcast.web.programs import cohorts, credentials, leads, lists, outcomes, scheduled, views

app_name = "programs"
urlpatterns = [
    path("", views.programs, name="list"),
    path("new/", views.add, name="add"),
    path("outcomes/", outcomes.published, name="outcomes"),
    path("lists/", lists.loads, name="lists"),
    path("lists/new/", lists.upload, name="upload"),
    path("lists/<uuid:load>/", lists.page, name="load"),
    path("lists/<uuid:load>/columns/", lists.columns, name="columns"),
    path("lists/<uuid:load>/refused/", lists.refused, name="refused"),
    path("lists/<uuid:load>/use/", lists.use, name="use"),
    path("lists/<uuid:load>/drop/", lists.drop, name="drop"),
    path("cohorts/<uuid:cohort>/edit/", cohorts.edit, name="cohort_edit"),
    path("cohorts/<uuid:cohort>/archive/", cohorts.archive, name="cohort_archive"),
    path("cohorts/<uuid:cohort>/bring-back/", cohorts.bring_back, name="cohort_bring_back"),
    path("scheduled/<uuid:cohort>/start/", scheduled.start, name="scheduled_start"),
    path("scheduled/<uuid:cohort>/call-off/", scheduled.call_off, name="scheduled_call_off"),
    path("<uuid:program>/", views.page, name="program"),
    path("<uuid:program>/edit/", views.edit, name="edit"),
    path("<uuid:program>/archive/", views.archive, name="archive"),
    path("<uuid:program>/bring-back/", views.bring_back, name="bring_back"),
    path("<uuid:program>/leads-to/", leads.leads, name="leads"),
    path("<uuid:program>/leads-to/add/", leads.add, name="lead_add"),
    path("<uuid:program>/leads-to/suggest/", leads.suggest, name="leads_suggest"),
    path("<uuid:program>/credentials/", credentials.credentials, name="credentials"),
    path("<uuid:program>/credentials/add/", credentials.add, name="credential_add"),
    path("<uuid:program>/credentials/remove/", credentials.remove, name="credential_remove"),
    path("<uuid:program>/cohorts/", cohorts.cohorts, name="cohorts"),
    path("<uuid:program>/cohorts/new/", cohorts.add, name="cohort_add"),
    path("<uuid:program>/cohorts/workbook/", cohorts.workbook, name="cohort_workbook"),
    path("<uuid:program>/cohorts/template/", cohorts.template, name="cohort_template"),
]
