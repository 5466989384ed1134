"""Files that people send: refused by their announced length before anything of them is read."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from backcast.demand.loading import limit_bytes

#: Bytes that a form adds around its file.
_AROUND = 64 * 1024


def is_too_large(request: HttpRequest) -> bool:
    return int(request.META.get("CONTENT_LENGTH") or 0) > limit_bytes() + _AROUND


def refused_form(kind: type[forms.Form]) -> forms.Form:
    """The form with its field ``file`` refused for its size. Nothing of the request was read."""
    form = kind({}, MultiValueDict())
    form.full_clean()
    form.errors.clear()
    form.add_error(
        "file",
        _("The file is larger than %(limit)s MB. Take out what is not needed, or send it in parts.")
        % {"limit": settings.UPLOAD_LIMIT_MB},
    )
    return form
