import shutil
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.commands import makemessages

from config import catalogues


class Collect(makemessages.Command):
    """Knows our short names for marking a text as well: without them xgettext passes over every status and view."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=within:1c,2", "--keyword=_lazy"]


class Command(BaseCommand):
    help = "Collect the texts, take in the pieces of each part, compile. Says what is not translated yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--compile-only", action="store_true")
        parser.add_argument("--complete", nargs="*", default=[], metavar="LANGUAGE", help="fail when one has gaps")

    def handle(self, *args: Any, compile_only: bool, complete: list[str], **options: Any) -> None:
        languages = [code for code, _name in settings.LANGUAGES if code != "en"]  # the texts themselves are English
        if not compile_only:
            self._collect(languages)
        catalogues.compile_all()
        gaps = {language: self._report(language, options["verbosity"]) for language in languages}
        incomplete = [language for language in complete if gaps.get(language)]
        if incomplete:
            raise CommandError(f"Not complete: {', '.join(incomplete)}")

    def _collect(self, languages: list[str]) -> None:
        can_collect = shutil.which("xgettext") is not None
        if can_collect:
            call_command(
                Collect(),
                locale=languages,
                no_wrap=True,
                add_location="file",
                no_obsolete=True,
                ignore_patterns=[".venv/*", "var/*", "tests/*", "bench/*", "static/vendor/*"],
                verbosity=0,
            )
        else:
            self.stdout.write("xgettext is not here: only the pieces are taken in.")
        for language in languages:
            catalogues.merge_pieces(language, keep_unknown=not can_collect)

    def _report(self, language: str, verbosity: int) -> int:
        if not catalogues.catalogue_path(language).exists():
            return 0
        found = catalogues.coverage(language)
        self.stdout.write(f"{language}: {found.total - len(found.missing)} of {found.total} translated")
        if verbosity > 1:
            for text in found.missing:
                self.stdout.write(f"   {text}")
        return len(found.missing)
