"""Files that people send: refused by their announced length before anything of them is read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from backcast.core.uploads import limit_bytes
from backcast.training.reading import UnreadableFileError

Row = TypeVar("Row")
Wrong = TypeVar("Wrong")

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


def rows_of(
    form: forms.Form, read: Callable[[Path], tuple[list[Row], list[Wrong]]]
) -> tuple[list[Row], list[Wrong]]:
    """The rows of the form's ``file`` and what is wrong with others, as ``read`` finds them.

    A file that is too large or cannot be read is an error of the form, with no rows.
    """
    file = form.cleaned_data["file"]
    if file.size > limit_bytes():
        form.add_error(
            "file",
            _("The file is larger than %(limit)s MB.") % {"limit": settings.UPLOAD_LIMIT_MB},
        )
        return [], []
    with tempfile.TemporaryDirectory(prefix="backcast-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        try:
            return read(path)
        except UnreadableFileError as error:
            form.add_error("file", str(error))
            return [], []
