"""Reading the mail of a demonstration: everyone may, so that every link and code can be followed."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backcast.demonstration.models import OutboxMessage
from backcast.demonstration.outbox import code_in, parts_of

SHOWN = 50


def _only_in_a_demonstration() -> None:
    if not settings.DEMONSTRATION:
        raise Http404


@login_not_required
@never_cache
@require_safe
def outbox_messages(request: HttpRequest) -> HttpResponse:
    """The latest mails; ``q`` narrows them to a recipient."""
    _only_in_a_demonstration()
    query = " ".join(request.GET.get("q", "").replace("\0", "").split())
    found = OutboxMessage.objects.filter(recipient__icontains=query)
    rows = [(message, code_in(message.text)) for message in found[:SHOWN]]
    return render(request, "outbox/messages.html", {"rows": rows, "query": query, "shown": SHOWN})


@login_not_required
@never_cache
@require_safe
def outbox_message(request: HttpRequest, message: UUID) -> HttpResponse:
    """One mail with its links."""
    _only_in_a_demonstration()
    found = get_object_or_404(OutboxMessage, public_id=message)
    return render(
        request,
        "outbox/message.html",
        {"mail": found, "code": code_in(found.text), "parts": parts_of(found.text)},
    )
