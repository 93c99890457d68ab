import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import Office
from apps.accounts.services import create_admin, free_slug, save_office
from apps.core.errors import DomainError


class Command(BaseCommand):
    help = "Make the first administrator of a body (and the body, when there is none). Nothing on the network can."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email")
        parser.add_argument("--name")
        parser.add_argument("--office", help="slug of the body, or the name of the first one")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"] or input("E-mail: ")
        name = options["name"] or input("Full name: ")
        office = self._office(options["office"])
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else getpass.getpass("Password: ")
        try:
            user = create_admin(email=email.strip(), full_name=name.strip(), password=password, office=office)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"{user.email} is administrator of {office.name}.")

    def _office(self, given: str | None) -> Office:
        bodies = Office.objects.filter(parent=None)
        if not bodies.exists():
            name = given or input("Name of the public body: ")
            return save_office(Office(name=name, slug=free_slug(Office, name), languages=["es", "en", "it", "pt"]))
        if given:
            found = bodies.filter(slug=given).first() or bodies.filter(name=given).first()
        else:
            found = bodies.first() if bodies.count() == 1 else None
        if found is None:
            raise CommandError("Name the body with --office: " + ", ".join(bodies.values_list("slug", flat=True)))
        return found
