"""Text messages: numbers as people write them, and the gateways that deliver.

A gateway takes a number, a text and the message's own id, and raises where the text did not leave;
``messages`` calls it once for each message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import phonenumbers
import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

Gateway = Callable[[str, str, str], None]
#: Numbers without a country code are of this country.
COUNTRY = "US"
#: Seconds to reach a gateway, and to wait for its answer.
TIMEOUT = (5, 20)
_TWILIO = "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json"


class GatewayError(RuntimeError):
    """The gateway did not take the text."""


def available() -> bool:
    """Is there a gateway? Otherwise nobody is asked for a number."""
    return bool(settings.TEXT_GATEWAY)


def number(text: str) -> str:
    """The number in E.164 (``+12015550123``). Raises ``ValidationError`` saying what is wrong."""
    try:
        found = phonenumbers.parse(text, COUNTRY)
    except phonenumbers.NumberParseException:
        raise ValidationError(
            _("This is not a phone number. Write it like 201-555-0123.")
        ) from None
    if found.extension:
        raise ValidationError(_("A text cannot reach an extension. Give a mobile number."))
    if phonenumbers.is_possible_number_with_reason(found) in (
        phonenumbers.ValidationResult.TOO_SHORT,
        phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
    ):
        raise ValidationError(
            _("Digits are missing. Write the number with its area code, like 201-555-0123.")
        )
    if not phonenumbers.is_valid_number(found):
        raise ValidationError(
            _(
                "No phone has this number. Check it; outside the United States begin with + and the country."
            )
        )
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def send(recipient: str, text: str, message_id: str) -> None:
    """Hand the text to the gateway that settings name."""
    cast(Gateway, import_string(settings.TEXT_GATEWAY))(recipient, text, message_id)


def by_http(recipient: str, text: str, message_id: str) -> None:
    """A gateway that takes JSON: ``id``, ``from``, ``to``, ``text``, under a bearer key.

    ``Idempotency-Key`` repeats the id, so that a gateway which heeds it sends nothing twice.
    """
    _post(
        settings.TEXTS_URL,
        json={"id": message_id, "from": settings.TEXTS_FROM, "to": recipient, "text": text},
        headers={"Authorization": f"Bearer {settings.TEXTS_KEY}", "Idempotency-Key": message_id},
    )


def by_twilio(recipient: str, text: str, message_id: str) -> None:
    """Twilio, or a service that takes the same form."""
    _post(
        settings.TEXTS_URL or _TWILIO.format(account=settings.TEXTS_ACCOUNT),
        data={"From": settings.TEXTS_FROM, "To": recipient, "Body": text},
        auth=(settings.TEXTS_ACCOUNT, settings.TEXTS_KEY),
    )


def _post(url: str, **request: object) -> None:
    """Errors name neither number nor text: they end in logs."""
    try:
        answer = requests.post(url, timeout=TIMEOUT, allow_redirects=False, **request)  # type: ignore[arg-type]
    except requests.RequestException as error:
        raise GatewayError(f"The text gateway cannot be reached: {type(error).__name__}") from None
    if not 200 <= answer.status_code < 300:
        raise GatewayError(f"The text gateway answered {answer.status_code}")
