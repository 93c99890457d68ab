import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from apps.omnichannel.email.fetcher import MailFetcher


class Command(BaseCommand):
    help = "Fetch from all mailboxes that ask for it (IMAP) until told to stop. A second one takes over when this ends."

    def handle(self, *args: Any, **options: Any) -> None:
        told = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: told.set())
        fetcher = MailFetcher()
        fetcher.start()
        self.stdout.write(f"Fetching mailboxes (process {os.getpid()})")
        self.stdout.flush()
        told.wait()
        fetcher.stop()
        self.stdout.write("No longer fetching.")
