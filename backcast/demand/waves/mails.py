"""What is mailed to people who are asked, in the language that they chose."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from backcast.demand.models import WaveInvitation
from backcast.partners import messages
from backcast.partners.actions.invitations import masked


def answer_link(invitation: WaveInvitation, token: str, more: str = "") -> str:
    """The address of the questions behind a link; ``more`` is a page below it."""
    return f"{settings.BASE_URL}/answer/{invitation.public_id}/{token}/{more}"


def send_questions(
    invitation: WaveInvitation, token: str, until: datetime, *, reminder: bool = False
) -> None:
    """Mail the link. A reminder says that it is one, and how to have no more of them."""
    wave = invitation.wave
    with override(invitation.language):
        values = {
            "name": invitation.name,
            "employer": invitation.employer.name,
            "collaborative": wave.collaborative.name,
            "wave": wave.name,
            "day": date_format(wave.closes_on, "DATE_FORMAT"),
            "until": date_format(timezone.localtime(until), "DATE_FORMAT"),
            "link": answer_link(invitation, token),
            "stop": answer_link(invitation, token, "stop/"),
        }
        lines = [_("Hello %(name)s,") % values if invitation.name else _("Hello,")]
        if reminder:
            subject = _("Reminder: whom does %(employer)s need?") % values
            lines.append(
                _(
                    "We have not heard yet whom %(employer)s will need. %(collaborative)s collects answers until %(day)s."
                )
                % values
            )
        else:
            subject = _("Whom does %(employer)s need?") % values
            lines.append(
                _(
                    "%(collaborative)s asks its employers how many people they will need, so that training can be planned for these jobs. You are asked to answer for %(employer)s."
                )
                % values
            )
            if wave.greeting.strip():
                lines.append(wave.greeting.strip())
        lines += [
            _("Open this link to answer. You need no account:") + f"\n{values['link']}",
            _(
                "It takes about ten minutes. What you type is saved at once, and you can come back on any device."
            ),
            _("Please answer by %(day)s.") % values,
            _("Other employers never see what you say."),
            _("The link works until %(until)s. After that, open it to have a new one sent.")
            % values,
        ]
        if reminder:
            lines.append(_("If you want no more reminders, say so here:") + f"\n{values['stop']}")
        messages.queue(recipient=invitation.email, subject=subject, text="\n\n".join(lines))


def text_reminder(invitation: WaveInvitation) -> None:
    """Say by text that a reminder is in the inbox. The link that lets in stays in the mail."""
    with override(invitation.language):
        text = _(
            "Backcast: a mail about whom %(employer)s will need is in your inbox %(email)s. Reply STOP to end texts."
        ) % {"employer": invitation.employer.name, "email": masked(invitation.email)}
        messages.queue_text(number=invitation.phone, text=text)
