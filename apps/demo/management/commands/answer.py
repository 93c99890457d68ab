"""Stands here and not beside the program it asks, because it falls back on the town's own files."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from apps.accounts.models import Office
from apps.bot import batch, knowledge
from apps.bot.answering.answerer import Answerer
from apps.bot.answering.index import Index
from apps.demo.answering import sources
from apps.kb.models import Translation

TOWN = "olmo"


class Command(BaseCommand):
    help = (
        "Answer questions from the published articles: a JSON list of {id, language, question} in, one JSON object a "
        "line out. Without articles in the database those of the demo town are read from their files."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", required=True, metavar="FILE", help="JSON list; - reads the standard input")
        parser.add_argument("--body", default="", metavar="SLUG", help="whose articles; default: the first body's")

    def handle(self, *args: Any, body: str, **options: Any) -> None:
        rows = self._rows(options["batch"])
        answerer = self._answerer(body)
        for line in batch.answers(answerer, rows):
            self.stdout.write(json.dumps(line, ensure_ascii=False))

    def _rows(self, file: str) -> list[dict[str, Any]]:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
            return batch.questions_in(text)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}", returncode=2) from error
        except batch.Unreadable as error:
            raise CommandError(f"{file}: {error}", returncode=2) from error

    def _answerer(self, slug: str) -> Answerer:
        town = sources()
        try:
            body = self._body(slug)
            count = Translation.objects.public().in_body(body.pk).count() if body else 0
        except DatabaseError:
            body, count = None, 0  # not migrated yet
        if slug and body is None:
            raise CommandError(f"there is no body {slug!r}", returncode=2)
        is_half_told = body is not None and body.slug == TOWN and count < len(town)
        if body is None or not count or is_half_told:
            why = "not all there yet" if is_half_told and count else "empty"
            self.stderr.write(f"The database is {why}: answering from the files of the demo town.")
            return Answerer(Index(town), knowledge.built_in_weights())
        return knowledge.answerer_for(body.pk)  # type: ignore[no-any-return]

    def _body(self, slug: str) -> Office | None:
        bodies = Office.objects.filter(parent=None)
        return bodies.filter(slug=slug).first() if slug else bodies.order_by("pk").first()
