from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from blisko.access.queries import declared_permissions
from blisko.access.rules import SYSTEM
from blisko.access.services import issue_api_key, reveal_token
from blisko.kit import clock
from blisko.kit.errors import Refusal


class Command(BaseCommand):
    help = "Issue a token for a program and print it once. Scopes are permission names, or `all`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the program is called, e.g. billing")
        parser.add_argument("--scopes", nargs="+", required=True, metavar="SCOPE", help="e.g. customers.see visits.book; or all")
        parser.add_argument("--days", type=int, help="how long the token is good for (default: until revoked)")

    def handle(self, *args: Any, **options: Any) -> None:
        scopes = list(declared_permissions()) if options["scopes"] == ["all"] else options["scopes"]
        now = clock.now()
        until = now + timedelta(days=options["days"]) if options["days"] else None
        try:
            key = issue_api_key(options["name"], scopes, actor=SYSTEM, now=now, until=until)
        except Refusal as no:
            raise CommandError(f"{no} {no.details}\nThere are: {' '.join(declared_permissions())}") from None
        self.stdout.write(reveal_token(key.pk))
