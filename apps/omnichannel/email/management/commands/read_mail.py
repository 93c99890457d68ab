import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.omnichannel.email import parsing, replies
from apps.omnichannel.ports import Unreadable


class Command(BaseCommand):
    help = "Read every case of a folder of mails and print what was understood, one JSON object a line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", metavar="DIR", required=True, help="a folder of <source>/<id>.json cases")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["batch"])
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        for description in sorted(folder.glob("*/*.json")):
            self.stdout.write(json.dumps(self._read(description), ensure_ascii=False))

    def _read(self, description: Path) -> dict[str, Any]:
        case = json.loads(description.read_text(encoding="utf-8"))
        raw = (description.parent / case["file"]).read_bytes()
        try:
            return {"id": case["id"], "actual": READERS[case["kind"]](raw)}
        except Unreadable as reason:
            return {"id": case["id"], "error": str(reason)}


def _read_message(raw: bytes) -> dict[str, Any]:
    mail = parsing.parse(raw)
    report = mail.report
    return {
        "from_name": mail.author.name,
        "from_address": mail.author.address,
        "to": mail.to,
        "cc": mail.cc,
        "reply_to": mail.reply_to,
        "original_sender": mail.answer_to,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": mail.references,
        "text": mail.text,
        "reply_text": mail.reply.text,
        "attachments": [
            {
                "filename": attachment.name,
                "content_type": attachment.content_type,
                "size": len(attachment.content),
                "content_id": attachment.content_id,
            }
            for attachment in mail.attachments
        ],
        "auto_submitted": mail.automatic.is_automatic,
        "is_bounce": mail.is_bounce,
        "is_delivery_report": report is not None,
        "bounce_status": report.status if report else "",
        "bounce_recipient": report.recipients[0] if report and report.recipients else "",
    }


def _read_text(raw: bytes) -> dict[str, Any]:
    text = raw.decode("utf-8", "replace")
    return {"text": text, "reply_text": replies.from_text(text).text}


def _read_html(raw: bytes) -> dict[str, Any]:
    html = raw.decode("utf-8", "replace")
    return {"text": parsing.markup.text_from(html), "reply_text": replies.from_html(html).text}


READERS = {"message": _read_message, "body-text": _read_text, "body-html": _read_html}
