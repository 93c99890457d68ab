"""Cut the wire of a chat at a random moment, again and again, while both sides write: nothing lost, doubled or moved.

    python -m bench.faults cuts --times 1000

The embedded product runs as a process of its own; a visitor speaks the protocol of docs/websocket.md and behaves as
the window does (names its messages, sends again what was not confirmed, resumes from its last number). An agent
answers meanwhile from a process of its own. The wire is cut without a goodbye after a random 0 to 150 ms, so before,
between and after the commit and its confirmation.
"""

import asyncio
import contextlib
import json
import random
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bench.faults.product import ROOT, Product

LONGEST_CUT_MS = 150
ANSWER_EVERY = 3  # cuts
SETTLE_SECONDS = 240
SETUP = """
import json
from apps.accounts.models import Office
from apps.omnichannel.models import Channel
from apps.omnichannel.webchat import tokens
office = Office.objects.order_by("pk").first() or Office.objects.create(name="Cuts", slug="cuts-office")
row, _new = Channel.objects.get_or_create(slug="cuts", defaults={"office": office, "kind": "webchat", "name": "Cuts"})
print(json.dumps({"key": row.key, "token": tokens.mint(row.key)}))
"""
ANSWER = """
import sys
from apps.accounts.models import User
from apps.tickets import services
from apps.tickets.models import Ticket
from django.db import connection
author = User.objects.order_by("pk").first()
for line in sys.stdin:
    ticket = Ticket.objects.filter(via="webchat").latest("pk")
    services.reply(ticket, author=author, text=line.strip())
    connection.close()
"""
RECORD = """
import json
from apps.omnichannel.models import ThreadMessage
rows = ThreadMessage.objects.filter(thread__channel__slug="cuts").order_by("thread_id", "sequence")
print(json.dumps([[r.thread_id, r.sequence, r.client_id, r.message.direction, r.message.text] for r in rows]))
"""


class Visitor:
    """The window's half of the promise, in as few words as it takes."""

    def __init__(self, product: Product, key: str, token: str) -> None:
        self.url = f"{product.url.replace('http', 'ws', 1)}/ws/widget/{key}/?lang=en"
        self.origin: Any = product.url
        self.token, self.conversation, self.last = token, None, 0
        self.owed: list[dict[str, str]] = []
        self.shown: list[tuple[int, str, str]] = []
        self.early: dict[int, dict[str, Any]] = {}

    def write(self, text: str) -> None:
        self.owed.append({"t": "say", "id": secrets.token_hex(16), "text": text})

    async def live(self, seconds: float) -> None:
        """Until the wire is cut after `seconds`, at whatever point of the talk that may be."""
        socket = await connect(self.url, origin=self.origin, open_timeout=10)
        cutting = asyncio.create_task(_cut(socket, seconds))
        try:
            hello = {"t": "hello", "token": self.token, "conversation": self.conversation, "after": self.last}
            await socket.send(json.dumps(hello))
            async for frame in socket:
                await self._hear(socket, json.loads(frame))
        finally:
            cutting.cancel()
            socket.transport.abort()

    async def _hear(self, socket: ClientConnection, said: dict[str, Any]) -> None:
        kind = said["t"]
        if kind in ("welcome", "messages", "accepted"):
            self._merge(said.get("conversation"), said["messages"])
        if kind == "refused":
            await asyncio.sleep(said.get("retry_after", 1))
        if kind in ("welcome", "accepted", "refused") and self.owed:
            await socket.send(json.dumps(self.owed[0]))

    def _merge(self, conversation: str | None, messages: list[dict[str, Any]]) -> None:
        if conversation and conversation != self.conversation:
            self.conversation, self.last = conversation, 0
            self.early.clear()
        for message in messages:
            if message["sequence"] > self.last:
                self.early[message["sequence"]] = message
            self.owed = [one for one in self.owed if one["id"] != message["client_id"]]
        while self.last + 1 in self.early:
            self.last += 1
            message = self.early.pop(self.last)
            self.shown.append((self.last, message["from"], message["text"]))


def run(*, times: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="acudo-cuts-") as folder:
        product = Product(Path(folder), mail_to=9)
        try:
            product.start()
            return asyncio.run(_run(product, times, random.Random(seed)))
        finally:
            product.kill()


async def _run(product: Product, times: int, chance: random.Random) -> dict[str, Any]:
    began = time.monotonic()
    setup = json.loads(product.command("shell", "-v", "0", "-c", SETUP).splitlines()[-1])
    visitor = Visitor(product, setup["key"], setup["token"])
    said, answered = 0, 0
    visitor.write("v0")
    await _settle(visitor, 1)
    agent = await asyncio.create_subprocess_exec(
        sys.executable, "manage.py", "shell", "-v", "0", "-c", ANSWER,
        cwd=ROOT, env=product.environment, stdin=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert agent.stdin
    for cut in range(times):
        said += 1
        visitor.write(f"v{said}")
        if cut % ANSWER_EVERY == 0:
            answered += 1
            agent.stdin.write(f"a{answered}\n".encode())
        await _one_life(visitor, chance.random() * LONGEST_CUT_MS / 1000)
    agent.stdin.close()
    await agent.wait()
    await _settle(visitor, said + answered + 1)
    rows = json.loads(product.command("shell", "-v", "0", "-c", RECORD).splitlines()[-1])
    return _verdict(visitor, rows, times, said, answered) | {"seconds": round(time.monotonic() - began, 1)}


async def _one_life(visitor: Visitor, seconds: float) -> None:
    with contextlib.suppress(WebSocketException, OSError, TimeoutError):  # what a cut looks like from here
        await visitor.live(seconds)


async def _cut(socket: ClientConnection, seconds: float) -> None:
    await asyncio.sleep(seconds)
    socket.transport.abort()  # the wire itself: no closing words


async def _settle(visitor: Visitor, expected: int) -> None:
    """Leave the wire whole until everything has arrived, or patience ends."""
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until and (visitor.owed or visitor.last < expected):
        await _one_life(visitor, 2.0)


def _verdict(visitor: Visitor, rows: list[Any], times: int, said: int, answered: int) -> dict[str, Any]:
    """What the database holds against what was written, and what was shown against what the database holds."""
    stored = [text for _thread, _number, _name, _direction, text in rows]
    own = [text for text in stored if text.startswith("v")]
    theirs = [text for text in stored if text.startswith("a")]
    wanted_own, wanted_theirs = [f"v{n}" for n in range(said + 1)], [f"a{n}" for n in range(1, answered + 1)]
    shown = [text for _number, _from, text in visitor.shown]
    result = {
        "cuts": times,
        "written": said + 1,
        "answered": answered,
        "lost": len(set(wanted_own) - set(own)) + len(set(wanted_theirs) - set(theirs)) + len(set(stored) - set(shown)),
        "doubled": len(stored) - len(set(stored)) + len(shown) - len(set(shown)),
        "out_of_order": sum(
            have != want for have, want in ((own, wanted_own), (theirs, wanted_theirs), (shown, stored))
        ),
        "gaps": sum(number != place for place, (_t, number, *_rest) in enumerate(rows, start=1)),
        "threads": len({row[0] for row in rows}),
    }
    faults = ("lost", "doubled", "out_of_order", "gaps")
    return result | {"is_well": not any(result[name] for name in faults) and result["threads"] == 1}
