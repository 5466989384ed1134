"""Addresses of waves: for staff below the collaboratives, and the questions behind three doors."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import URLPattern, path

from backcast.web.waves import answer, opinions, people_file, views
from backcast.web.waves.doors import View, by_account, by_link, by_staff

app_name = "waves"

_W = "collaboratives/waves/<uuid:wave>/"
_Q = "<uuid:role>/<uuid:site>/"


def _questions(kind: str, prefix: str, through: Callable[[View], View]) -> list[URLPattern]:
    """The pages of the questions behind one door."""

    def at(route: str, view: View, name: str) -> URLPattern:
        return path(prefix + route, through(view), name=f"{kind}_{name}")

    return [
        at("", answer.start, "start"),
        at("send/", answer.send, "send"),
        at("sent/", answer.sent, "sent"),
        at("language/", answer.language, "language"),
        at(f"{_Q}opinion/<uuid:line>/", opinions.opinion, "opinion"),
        at(f"{_Q}opinions/", opinions.agree_all, "opinions"),
        at(f"{_Q}save/", answer.save, "save"),
        at(f"{_Q}<slug:part>/", answer.page, "page"),
        at(f"{_Q}<slug:part>/field/", answer.field, "field"),
    ]


urlpatterns = [
    path("collaboratives/<uuid:collaborative>/waves/add/", views.add, name="add"),
    path(_W, views.wave, name="wave"),
    path(f"{_W}edit/", views.edit, name="edit"),
    path(f"{_W}closing/", views.closing, name="closing"),
    path(f"{_W}open/", views.open_, name="open"),
    path(f"{_W}remind/", views.remind, name="remind"),
    path(f"{_W}freeze/", views.freeze, name="freeze"),
    path(f"{_W}archive/", views.archive, name="archive"),
    path(f"{_W}restore/", views.restore, name="restore"),
    path(f"{_W}invite/", views.invite, name="invite"),
    path(f"{_W}invite-known/", views.invite_known, name="invite_known"),
    path(f"{_W}people/", people_file.people, name="people"),
    path(f"{_W}people/download/", people_file.download, name="people_download"),
    path(f"{_W}people/<uuid:upload>/", people_file.preview, name="people_preview"),
    path(f"{_W}people/<uuid:upload>/invite/", people_file.load, name="people_load"),
    path(f"{_W}people/<uuid:upload>/drop/", people_file.drop, name="people_drop"),
    path(f"{_W}employers/<uuid:employer>/", views.employer, name="employer"),
    path(f"{_W}employers/<uuid:employer>/correct/{_Q}", views.correct, name="correct"),
    path(f"{_W}corrections/<uuid:answer>/send/", views.send_correction, name="send_correction"),
    path("collaboratives/waves/people/<uuid:invitation>/", views.invitation, name="invitation"),
    path("collaboratives/waves/people/<uuid:invitation>/renew/", views.renew, name="renew"),
    path(
        "collaboratives/waves/people/<uuid:invitation>/withdraw/", views.withdraw, name="withdraw"
    ),
    path("answer/<uuid:invitation>/<str:token>/again/", answer.again, name="link_again"),
    path("answer/<uuid:invitation>/<str:token>/stop/", by_link(answer.stop), name="link_stop"),
    *_questions("link", "answer/<uuid:invitation>/<str:token>/", by_link),
    *_questions("own", "waves/<uuid:wave>/", by_account),
    *_questions("staff", f"{_W}employers/<uuid:employer>/<slug:channel>/", by_staff),
]
