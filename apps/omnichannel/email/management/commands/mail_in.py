import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from apps.omnichannel import services
from apps.omnichannel.models import Channel
from apps.omnichannel.ports import RawInput

STORED, WRONG_DATA, NO_SUCH_CHANNEL, TRY_AGAIN = 0, 65, 67, 75  # as mail servers read them (sysexits.h)


class Command(BaseCommand):
    help = "Store one raw mail from standard input. Ends with 0 stored, 75 try again, 67 no such channel, 65 no mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--channel", metavar="SLUG", required=True)
        parser.add_argument("--sender", default=None, help="the envelope sender, where the mail server says it")
        parser.add_argument("--recipient", action="append", default=[], help="an envelope recipient; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        meta = {"recipients": options["recipient"]}
        if options["sender"] is not None:
            meta["sender"] = options["sender"]
        try:
            code, text = _store(options["channel"], sys.stdin.buffer.read(), meta)
        except (DatabaseError, OSError) as error:
            code, text = TRY_AGAIN, f"Not stored, try again: {error}"
        if code != STORED:
            self.stderr.write(text)
            sys.exit(code)
        if options["verbosity"] > 1:
            self.stdout.write(text)


def _store(slug: str, body: bytes, meta: dict[str, Any]) -> tuple[int, str]:
    channel = Channel.objects.active().of_kind("email").select_related("office").filter(slug=slug).first()  # type: ignore[attr-defined]
    if channel is None:
        return NO_SUCH_CHANNEL, f"There is no mailbox in use called {slug}."
    if not body.strip():
        return WRONG_DATA, "There was no mail on standard input."
    envelope = services.store(channel, RawInput(body, "command", meta=meta))
    return STORED, f"Stored as {envelope.public_id}."
