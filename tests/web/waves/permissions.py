"""Who gets what at the pages of waves: staff, the employer that is asked, and whoever holds a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from backcast.core.actor import acting
from backcast.demand import actions as need_actions
from backcast.demand.models import Wave
from backcast.demand.waves import access, actions, answering
from tests.cast import Cast
from tests.demand.waves.make import (
    make_answer,
    make_collaborative,
    make_invited,
    make_role,
    make_wave,
)
from tests.permissions import Row, everyone, public, staff

_CHANGING = staff(200, viewer=403)
_DONE = staff(302, viewer=403)
_SENDER = everyone(404, administrator=200, viewer=403)
_SENT = everyone(404, administrator=302, viewer=403)


def _wave(status: str = "open") -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {"wave": make_wave(cast, status=status).public_id}


def _archived(cast: Cast) -> dict[str, Any]:
    wave = make_wave(cast, status="draft")
    actions.archive_wave(wave, actor=cast.actor("administrator"))
    return {"wave": wave.public_id}


def _ready(cast: Cast) -> dict[str, Any]:
    """A draft with somebody to ask."""
    wave = make_wave(cast, status="draft")
    actions.invite_known(wave, actor=cast.actor("administrator"))
    return {"wave": wave.public_id}


def _collaborative(cast: Cast) -> dict[str, Any]:
    made = make_collaborative(cast)
    make_role(made)
    return {"collaborative": made.public_id}


def _employer(status: str = "open") -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {
        "wave": make_wave(cast, status=status).public_id,
        "employer": cast.employer.public_id,
    }


def _at(wave: Wave, cast: Cast) -> dict[str, Any]:
    with acting(cast.actor("administrator")):
        return {
            "role": access.roles(wave)[0].public_id,
            "site": cast.sites["employer"].public_id,
        }


def _question(kind: str, part: str = "", status: str = "open") -> Callable[[Cast], dict[str, Any]]:
    """The keys of one page of questions behind each door."""

    def keys(cast: Cast) -> dict[str, Any]:
        wave = make_wave(cast, status="open" if kind == "link" else status)
        found: dict[str, Any] = _at(wave, cast) if part else {}
        if part == "opinion":
            found["line"] = uuid4()
        elif part not in ("", "save"):
            found["part"] = part
        if kind == "link":
            invitation, token = make_invited(cast, wave)
            if status == "frozen":
                actions.freeze_wave(wave, actor=cast.actor("administrator"))
            return found | {"invitation": invitation.public_id, "token": token}
        found["wave"] = wave.public_id
        if kind == "staff":
            found |= {"employer": cast.employer.public_id, "channel": "phone"}
        return found

    return keys


def _person(cast: Cast) -> dict[str, Any]:
    invitation, _token = make_invited(cast)
    return {"invitation": invitation.public_id}


def _people(cast: Cast) -> dict[str, Any]:
    """A file with people that the administrator has sent."""
    wave = make_wave(cast, status="draft")
    content = f"Employer,E-mail\n{cast.employer.name},ana@example.org\n".encode()
    upload = need_actions.keep_upload(
        actor=cast.actor("administrator"), filename="p.csv", content=content
    )
    return {"wave": wave.public_id, "upload": upload.public_id}


def _link(cast: Cast) -> dict[str, Any]:
    invitation, token = make_invited(cast)
    return {"invitation": invitation.public_id, "token": token}


def _wrong_link(cast: Cast) -> dict[str, Any]:
    return _link(cast) | {"token": "wrong"}


def _frozen_question(cast: Cast) -> dict[str, Any]:
    wave = make_wave(cast, status="frozen")
    return {
        "wave": wave.public_id,
        "employer": cast.employer.public_id,
        **_at(wave, cast),
    }


def _correction(cast: Cast) -> dict[str, Any]:
    wave = make_wave(cast, status="frozen")
    actor = cast.actor("administrator")
    with acting(actor):
        make_answer(cast, wave)
        visit = access.visit(actor, wave, cast.employer.public_id, "phone")
        role = access.roles(wave)[0]
        answer = answering.begin_correction(
            visit, role=role, site=cast.sites["employer"], reason="A mistake"
        )
    return {"wave": wave.public_id, "answer": answer.public_id}


#: Both employers of the cast are asked; a viewer of one may look at nothing here, staff go elsewhere.
def _own(status: int, **given: int) -> dict[str, int]:
    return everyone(404, **({"employer": status, "other_employer": status} | given))


def _questions(kind: str, table: Callable[[int], dict[str, int]], one: dict[str, int]) -> list[Row]:
    """The rows of the questions behind one door; ``one``: who may look at the employer's own site."""
    done = {who: 302 if status == 200 else status for who, status in one.items()}
    return [
        Row(f"waves:{kind}_start", table(200), _question(kind)),
        Row(f"waves:{kind}_send", table(200), _question(kind)),
        Row(f"waves:{kind}_send", table(200), _question(kind), method="post"),
        Row(f"waves:{kind}_sent", table(200), _question(kind)),
        Row(
            f"waves:{kind}_language",
            table(302),
            _question(kind),
            method="post",
            data=lambda cast: {"language": "es"},
        ),
        Row(f"waves:{kind}_page", one, _question(kind, "numbers")),
        Row(f"waves:{kind}_page", one, _question(kind, "numbers", "frozen")),
        Row(f"waves:{kind}_page", done, _question(kind, "numbers"), method="post"),
        Row(
            f"waves:{kind}_field",
            one,
            _question(kind, "numbers"),
            query="?field=staff_now",
        ),
        Row(
            f"waves:{kind}_opinion",
            dict.fromkeys(one, 404) | {who: s for who, s in one.items() if s in (302, 403)},
            _question(kind, "opinion"),
            method="post",
        ),
        Row(
            f"waves:{kind}_opinions",
            dict.fromkeys(one, 404) | {who: s for who, s in one.items() if s in (302, 403)},
            _question(kind, "save"),
            method="post",
        ),
        Row(
            f"waves:{kind}_save",
            one,
            _question(kind, "save"),
            method="post",
            data=lambda cast: {"field": "staff_now", "staff_now": "3"},
        ),
    ]


ROWS = [
    Row("waves:add", _CHANGING, _collaborative),
    Row("waves:add", _CHANGING, _collaborative, method="post"),
    Row("waves:wave", staff(), _wave()),
    Row("waves:wave", staff(), _wave(), query="?export=csv"),
    Row("waves:edit", _CHANGING, _wave("draft")),
    Row("waves:edit", _CHANGING, _wave("draft"), method="post"),
    Row("waves:closing", _CHANGING, _wave()),
    Row("waves:closing", _CHANGING, _wave(), method="post"),
    Row("waves:open", _DONE, _ready, method="post"),
    Row("waves:remind", _DONE, _wave(), method="post"),
    Row("waves:freeze", _DONE, _wave(), method="post"),
    Row("waves:archive", _DONE, _wave("frozen"), method="post"),
    Row("waves:restore", _DONE, _archived, method="post"),
    Row("waves:invite", _CHANGING, _wave()),
    Row("waves:invite", _CHANGING, _wave(), method="post"),
    Row("waves:invite_known", _DONE, _wave("draft"), method="post"),
    Row("waves:people", _CHANGING, _wave()),
    Row("waves:people", _CHANGING, _wave(), method="post"),
    Row("waves:people_download", _CHANGING, _wave("draft")),
    Row("waves:people_preview", _SENDER, _people),
    Row("waves:people_load", _SENT, _people, method="post"),
    Row("waves:people_drop", _SENT, _people, method="post"),
    Row("waves:employer", staff(), _employer()),
    Row("waves:employer", staff(), _employer("frozen")),
    Row("waves:correct", _CHANGING, _frozen_question),
    Row(
        "waves:correct",
        _DONE,
        _frozen_question,
        method="post",
        data=lambda cast: {"reason": "A mistake"},
    ),
    Row("waves:send_correction", _DONE, _correction, method="post"),
    Row("waves:invitation", _CHANGING, _person),
    Row("waves:invitation", _CHANGING, _person, method="post"),
    Row("waves:renew", _DONE, _person, method="post"),
    Row("waves:withdraw", _DONE, _person, method="post"),
    Row("waves:link_again", public(), _link, method="post"),
    Row("waves:link_stop", public(), _link),
    Row("waves:link_stop", public(302), _link, method="post"),
    Row("waves:link_start", public(), _wrong_link),
    *_questions("link", public, public()),
    *_questions("own", _own, everyone(404, employer=200)),
    *_questions("staff", lambda status: staff(status, viewer=403), _CHANGING),
]
