"""Organisations, sites, people, contact notes, labor areas, invitations and one's own account."""

from django.urls import path

from backcast.web.people import (
    account,
    areas,
    invitations,
    notes,
    organisations,
    people,
    sites,
    tokens,
)

app_name = "people"
urlpatterns = [
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/own/", organisations.own, name="own"),
    path("organisations/add/", organisations.add, name="organisation_add"),
    path("organisations/choose/", account.choose_organisation, name="choose_organisation"),
    path("organisations/<uuid:organisation>/", organisations.page, name="organisation"),
    path("organisations/<uuid:organisation>/edit/", organisations.edit, name="organisation_edit"),
    path(
        "organisations/<uuid:organisation>/archive/",
        organisations.archive,
        name="organisation_archive",
    ),
    path(
        "organisations/<uuid:organisation>/restore/",
        organisations.restore,
        name="organisation_restore",
    ),
    path("organisations/<uuid:organisation>/sites/add/", sites.add, name="site_add"),
    path("sites/", sites.site_list, name="sites"),
    path("sites/<uuid:site>/edit/", sites.edit, name="site_edit"),
    path("sites/<uuid:site>/archive/", sites.archive, name="site_archive"),
    path("sites/<uuid:site>/restore/", sites.restore, name="site_restore"),
    path("people/", people.people_list, name="people"),
    path("people/<uuid:membership>/role/", people.role, name="member_role"),
    path("people/<uuid:membership>/end/", people.end, name="member_end"),
    path("organisations/<uuid:organisation>/invite/", invitations.invite, name="invite"),
    path("invitations/<uuid:invitation>/renew/", invitations.renew, name="invitation_renew"),
    path(
        "invitations/<uuid:invitation>/withdraw/", invitations.withdraw, name="invitation_withdraw"
    ),
    path("join/<uuid:invitation>/", invitations.invited, name="invited"),
    path("join/<uuid:invitation>/<str:token>/", invitations.join, name="join"),
    path("join/<uuid:invitation>/<str:token>/again/", invitations.again, name="join_again"),
    path("contact-notes/", notes.note_list, name="notes"),
    path("organisations/<uuid:organisation>/notes/add/", notes.add, name="note_add"),
    path("contact-notes/<uuid:note>/edit/", notes.edit, name="note_edit"),
    path("contact-notes/<uuid:note>/archive/", notes.archive, name="note_archive"),
    path("contact-notes/<uuid:note>/restore/", notes.restore, name="note_restore"),
    path("labour-areas/", areas.area_list, name="areas"),
    path("labour-areas/add/", areas.add, name="area_add"),
    path("labour-areas/<uuid:area>/edit/", areas.edit, name="area_edit"),
    path("labour-areas/<uuid:area>/archive/", areas.archive, name="area_archive"),
    path("labour-areas/<uuid:area>/restore/", areas.restore, name="area_restore"),
    path("account/", account.own_account, name="account"),
    path("account/keys/", tokens.token_list, name="tokens"),
    path("account/keys/add/", tokens.add, name="token_add"),
    path("account/keys/<uuid:token>/revoke/", tokens.revoke, name="token_revoke"),
]
