from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Office, User
from apps.core.errors import DomainError
from apps.kb import folders, services
from apps.kb.models import Article


class Command(BaseCommand):
    help = "Write an office's articles to a folder as Markdown (export), or bring such a folder in as drafts (import)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["export", "import"])
        parser.add_argument("folder", type=Path)
        parser.add_argument("--office", required=True, help="its slug")
        parser.add_argument("--author", default="", help="e-mail address of who brings them in")
        parser.add_argument("--publish", action="store_true", help="publish what is brought in at once")

    def handle(self, *args: Any, what: str, folder: Path, office: str, **options: Any) -> None:
        place = Office.objects.filter(slug=office).first()
        if place is None:
            raise CommandError(f"There is no office {office}.")
        if what == "export":
            rows = Article.objects.filter(office__path__startswith=place.path).for_list()
            count = folders.write(rows.prefetch_related("translations__wordings").iterator(chunk_size=200), folder)
        else:
            author = User.objects.active().filter(email=options["author"].lower()).first()
            if author is None:
                raise CommandError("Say with --author who brings them in.")
            try:
                made = services.bring_in(folders.read(folder, place), author=author, is_published=options["publish"])
            except DomainError as error:
                raise CommandError(str(error.message)) from error
            count = len(made)
        self.stdout.write(f"{count} done")
