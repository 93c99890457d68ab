"""A mail server that takes everything and remembers what it took."""

from collections import Counter
from email import message_from_bytes
from threading import Lock
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, port: int) -> None:
        self.by_id: Counter[str] = Counter()
        self.bodies: list[str] = []
        self._lock = Lock()
        self._controller = Controller(self, hostname="127.0.0.1", port=port)
        self._controller.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  the library's name
        mail = message_from_bytes(envelope.content)
        with self._lock:
            self.by_id[mail["Message-ID"]] += 1
            self.bodies.append(envelope.content.decode("utf-8", "replace"))
        return "250 taken"

    def stop(self) -> None:
        self._controller.stop()
