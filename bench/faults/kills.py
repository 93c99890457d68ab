"""Everything is killed at random moments under mixed traffic, and started again. Nothing may be lost, nothing doubled.

Four kinds of clients go on all the time, each repeating what was not acknowledged, under the same name where the door
knows names: mail through the local mail door, mail into a mailbox that is fetched by IMAP and deleted there (where
dovecot-imapd is installed), chat through sockets, answers of an agent through the API.
"""

import contextlib
import json
import random
import smtplib
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from bench.faults.product import Product, _free_port
from bench.faults.sink import Sink
from tests.omnichannel.email.dovecot import HAS_IMAP, PASSWORD, Dovecot

MARK = "mark-"
BRANCH = "branch@desk.example"
PATIENCE = 240  # seconds for the end of the run to settle


class Traffic:
    """What was acknowledged, by mark; clients stop when told."""

    def __init__(self, product: Product, cast: dict[str, Any], server: Dovecot | None) -> None:
        self.product, self.cast, self.server = product, cast, server
        self.acknowledged: dict[str, set[str]] = {"mail": set(), "fetched": set(), "chat": set(), "answer": set()}
        self.asked: set[str] = set()  # answers that may or may not have been taken: the connection broke
        self.stopped = threading.Event()
        self.lock = threading.Lock()

    def start(self) -> list[threading.Thread]:
        work = [self.mail, self.mail, self.chat, self.chat, self.chat, self.answers]
        work += [self.fetched] if self.server else []
        threads = [threading.Thread(target=one, args=(n,), daemon=True) for n, one in enumerate(work)]
        for thread in threads:
            thread.start()
        return threads

    def mail(self, number: int) -> None:
        count = 0
        while not self.stopped.is_set():
            count += 1
            mark = f"{MARK}m{number}x{count}x"
            mail = self._mail(mark, f"m{number}.{count}", self.cast["email_address"])
            raw = mail.as_bytes()
            if self._until_taken(lambda raw=raw, mail=mail: self._hand_in(raw, mail)):
                self._note("mail", mark)
            time.sleep(0.05)

    def fetched(self, number: int) -> None:
        """The IMAP server says yes at once; it is for the product to get them all, once, and only then delete them."""
        assert self.server is not None
        count = 0
        while not self.stopped.is_set():
            count += 1
            mark = f"{MARK}f{number}x{count}x"
            self.server.deliver("branch", self._mail(mark, f"f{number}.{count}", BRANCH).as_bytes())
            self._note("fetched", mark)
            time.sleep(0.3)

    def _mail(self, mark: str, sender: str, to: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = f"Persona <{sender}@correo.olmo.example>", to
        mail["Subject"], mail["Message-ID"] = f"Asunto {mark}", f"<{uuid.uuid4()}@correo.olmo.example>"
        mail.set_content(f"Hola {mark}")
        return mail

    def chat(self, number: int) -> None:
        token, count, after, waiting = "", 0, 0, ""
        url = f"{self.product.url.replace('http', 'ws')}/ws/widget/{self.cast['webchat_key']}/"
        while not (self.stopped.is_set() and not waiting):
            with contextlib.suppress(Exception), connect(url, origin=self.product.url, open_timeout=5) as socket:
                socket.send(json.dumps({"t": "hello", "after": after, "token": token}))
                while True:
                    if not waiting and token and not self.stopped.is_set():
                        count += 1
                        waiting = f"{MARK}c{number}x{count}x"
                    if waiting and token:
                        socket.send(json.dumps({"t": "say", "id": waiting, "text": f"Hola {waiting}"}))
                    answer = self._answer(socket, waiting)
                    token = token or answer.get("token") or ""
                    if answer["t"] == "accepted" and answer["id"] == waiting:
                        self._note("chat", waiting)
                        waiting = ""
                        if self.stopped.is_set():
                            return
                    elif answer["t"] == "refused":
                        time.sleep(answer.get("retry_after") or 1)
                    time.sleep(0.15)
            time.sleep(0.3)

    def _answer(self, socket: Any, waiting: str) -> dict[str, Any]:
        while True:
            message = json.loads(socket.recv(timeout=8))
            if message["t"] in ("welcome", "accepted", "refused"):
                return message

    def answers(self, number: int) -> None:
        """Not repeated: the API has no name for an answer. What got no 2xx may have been taken or not."""
        count = 0
        while not self.stopped.is_set():
            count += 1
            mark = f"{MARK}a{number}x{count}x"
            with contextlib.suppress(OSError, urllib.error.URLError, ValueError, KeyError, IndexError):
                tickets = self._call("GET", "/api/v1/tickets/?via=email")["results"]
                if tickets:
                    ticket = random.choice(tickets)["id"]
                    self.asked.add(mark)
                    self._call("POST", f"/api/v1/tickets/{ticket}/replies/", {"text": f"Respuesta {mark}"})
                    self._note("answer", mark)
            time.sleep(0.2)

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            self.product.url + path,
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Bearer {self.cast['token']}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def _hand_in(self, raw: bytes, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.product.mail_port, timeout=8) as door:
            door.sendmail("x@correo.olmo.example", [mail["To"]], raw)

    def _until_taken(self, attempt: Any) -> bool:
        while not self.stopped.is_set():
            try:
                attempt()
                return True
            except (OSError, smtplib.SMTPException):
                time.sleep(0.3)
        return False

    def _note(self, kind: str, mark: str) -> None:
        with self.lock:
            self.acknowledged[kind].add(mark)


def run(*, times: int, seed: int) -> dict[str, Any]:
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        sink_port = _free_port()
        sink, product = Sink(sink_port), Product(Path(folder), mail_to=sink_port)
        server = Dovecot(Path(folder) / "imap").start() if HAS_IMAP else None
        product.command("migrate", "-v0")
        cast = cast_of(product)
        if server:
            product.command("shell", "-v0", "-c", FETCHED % (BRANCH, server.port, PASSWORD))
        starts = [product.start()]
        traffic = Traffic(product, cast, server)
        threads = traffic.start()
        for _ in range(times):
            time.sleep(dice.uniform(0.4, 5))
            product.kill()
            starts.append(product.start())
        time.sleep(3)
        traffic.stopped.set()
        for thread in threads:
            thread.join(60)
        if server:
            wait_until_fetched(server)
        product.command("quiet", "--timeout", str(PATIENCE), may_fail=True)
        result = judge(product, traffic, sink, times)
        product.stop()
        sink.stop()
        if server:
            server.stop()
    return {"kills": times, "seed": seed, "slowest_start_s": round(max(starts), 1), **result}


def cast_of(product: Product) -> dict[str, Any]:
    """What the clients need from the fixed cast."""
    said = product.json("seed_check")
    body = said["bodies"][0]
    return {
        "email_address": body["channels"]["email"]["address"],
        "webchat_key": body["channels"]["webchat"]["key"],
        "token": said["staff"][0]["tokens"][body["slug"]],
    }


def wait_until_fetched(server: Dovecot) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        client = server.client("branch")
        left = int(client.select("INBOX", readonly=True)[1][0] or 0)
        client.logout()
        if not left:
            return
        time.sleep(1)


def judge(product: Product, traffic: Traffic, sink: Sink, kills: int) -> dict[str, Any]:
    """Each acknowledged mark is there once; what was sent went out once, or once more for each crash in the moment."""
    conservation = product.json("conservation")
    found = product.command("shell", "-v0", "-c", COUNT_MARKS)
    counts: dict[str, int] = json.loads(found.strip().splitlines()[-1])
    everything = set().union(*traffic.acknowledged.values())
    lost = sorted(mark for mark in everything if counts.get(mark, 0) == 0)
    doubled = sorted(mark for mark, count in counts.items() if count > 1)
    in_the_sink = "\n".join(sink.bodies)
    unsent = sorted(mark for mark in traffic.acknowledged["answer"] if mark not in in_the_sink)
    extra = sum(count - 1 for count in sink.by_id.values())
    return {
        "acknowledged": {kind: len(marks) for kind, marks in traffic.acknowledged.items()},
        "mails_out": sum(sink.by_id.values()),
        "lost": lost,
        "doubled": doubled,
        "answers_not_sent": unsent,
        "extra_copies": extra,
        "third_copies": sum(1 for count in sink.by_id.values() if count > 2),
        "conservation": conservation,
        "is_well": not lost and not doubled and not unsent and extra <= kills and bool(conservation["is_balanced"]),
    }


FETCHED = """
from apps.omnichannel.models import Channel
house = Channel.objects.filter(kind="email").first()
Channel.objects.create(
    kind="email", office=house.office, name="Branch", slug="branch", address=%r, language=house.language,
    settings={"imap_host": "127.0.0.1", "imap_port": %d, "imap_security": "none", "imap_username": "branch",
              "imap_after": "delete", "imap_since": "2020-01-01"},
    secrets={"imap_password": %r},
)
"""
COUNT_MARKS = """
import collections, json, re
from apps.tickets.models import Message
seen = collections.Counter()
for text in Message.objects.filter(is_automatic=False).values_list("text", flat=True):
    seen.update(set(re.findall(r"mark-[a-z0-9]+x", text)))
print(json.dumps(seen))
"""
