import os
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.omnichannel.email.listener import MailListener


class Command(BaseCommand):
    help = "Run the local SMTP or LMTP door until it is told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.ACUDO_SMTP_HOST)
        parser.add_argument("--port", type=int, default=settings.ACUDO_SMTP_PORT)
        parser.add_argument("--lmtp", action="store_true", help="speak LMTP, as Postfix does to what stands behind it")

    def handle(self, *args: Any, **options: Any) -> None:
        told = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: told.set())
        if not options["port"]:
            raise CommandError("No port is given: set ACUDO_SMTP_PORT or --port.")
        listener = MailListener(host=options["host"], port=options["port"], lmtp=options["lmtp"], must_open=True)
        try:
            listener.start()
        except OSError as error:
            raise CommandError(f"Port {options['port']} cannot be had: {error}") from error
        self.stdout.write(f"Mail door ready on {options['host']}:{options['port']} (process {os.getpid()})")
        self.stdout.flush()
        told.wait()
        listener.stop()
        self.stdout.write("Mail door closed.")
