"""``backcast manage open_region NAME --admin EMAIL``: the first step of a real region."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backcast.core.actor import system
from backcast.partners import actions
from backcast.partners.actions.invitations import LASTS


class Command(BaseCommand):
    help = (
        "Open a region with its intermediary, and invite the intermediary's first administrator"
        ' by e-mail. Example: backcast manage open_region "North Valley" --admin ana@example.org'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The region's name, as everybody will read it.")
        parser.add_argument(
            "--admin", required=True, metavar="EMAIL", help="Who is invited to run it."
        )

    def handle(self, *args: Any, name: str, admin: str, **options: Any) -> None:
        try:
            region, invitation = actions.open_region(
                actor=system("open_region"), name=name, administrator=admin
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            f"{region} is open. An invitation to {invitation.email} leaves as soon as the worker"
            f" runs; its link works for {LASTS.days} days."
        )
