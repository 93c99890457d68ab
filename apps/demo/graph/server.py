"""The stand-in as a web server: the platform's own calls, a page to play citizen on, and a door for tests.

/v26.0/…       what the desk calls
/              the page
/_control/…    JSON: what tests and the page do (world.py)
"""

import hashlib
import hmac
import http.client
import json
import queue
import re
import threading
import time
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from apps.demo.graph import page
from apps.demo.graph.world import Refused, World, number_of

VERSION = re.compile(r"^/v\d+\.\d+/(.*)$")
WAITS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between tries of a delivery
MOST = 30_000_000


class Postman:
    """Signs deliveries and brings them to the desk, in order, until they are taken."""

    def __init__(self, world: World, callback: str) -> None:
        self.world, self.callback = world, callback
        self.waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.thread = threading.Thread(target=self._work, name="fake-graph-postman", daemon=True)
        self.thread.start()

    def __call__(self, delivery: dict[str, Any]) -> None:
        self.waiting.put(delivery)

    def stop(self) -> None:
        self.waiting.put(None)

    def bring(self, delivery: dict[str, Any], *, secret: str | None = None) -> int:
        """One try; the status, 0 when nobody was there. ASCII with lower-case escapes, as the platform writes it."""
        body = json.dumps(delivery).replace("/", "\\/").encode()
        signed = hmac.new((secret or self.world.secret).encode(), body, hashlib.sha256).hexdigest()
        parts = urlsplit(self.callback)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=20)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signed}"}
        try:
            connection.request("POST", parts.path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def _work(self) -> None:
        while (delivery := self.waiting.get()) is not None:
            for wait in WAITS:
                time.sleep(wait)
                if not self.callback or self.bring(delivery) == 200:
                    break


def serve(world: World, *, host: str, port: int, callback: str) -> ThreadingHTTPServer:
    """A server that listens already; whoever calls runs it. `server.postman` brings what is told to the desk."""
    postman = Postman(world, callback)
    world.outbox = postman

    class Handler(_Handler):
        pass

    Handler.world, Handler.postman = world, postman
    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    server.postman = postman  # type: ignore[attr-defined]
    return server


class _Handler(BaseHTTPRequestHandler):
    world: World
    postman: Postman
    server_version = "stand-in"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        found = VERSION.match(parts.path)
        if found:
            self._graph("GET", found[1], dict(parse_qsl(parts.query)))
        elif parts.path == "/":
            self._say(200, page.render(self.world, dict(parse_qsl(parts.query))).encode(), "text/html; charset=utf-8")
        elif parts.path == "/style.css":
            self._say(200, page.style(), "text/css")
        elif parts.path == "/_control/calls":
            self._json(200, {"calls": self.world.calls})
        else:
            self._json(404, {"error": {"message": "Unknown path", "code": 2500}})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST:
            self._json(413, {"error": {"message": "Too large", "code": 100}})
            return
        body = self.rfile.read(length)
        parts = urlsplit(self.path)
        given, file = _given(self.headers.get("Content-Type", ""), body)
        found = VERSION.match(parts.path)
        if found:
            self._graph("POST", found[1], {**dict(parse_qsl(parts.query)), **given}, file)
        elif parts.path.startswith("/_control/"):
            self._control(parts.path.removeprefix("/_control/").strip("/"), given)
        else:
            self._json(404, {"error": {"message": "Unknown path", "code": 2500}})

    def do_DELETE(self) -> None:
        parts = urlsplit(self.path)
        found = VERSION.match(parts.path)
        self._graph("DELETE", found[1] if found else "", dict(parse_qsl(parts.query)))

    def log_message(self, *args: Any) -> None:
        pass

    def _graph(self, method: str, path: str, given: dict[str, Any], file: str = "") -> None:
        try:
            self._json(200, self.world.ask(method, path, given, file=file))
        except Refused as error:
            self._json(error.status, error.body)

    def _control(self, act: str, given: dict[str, Any]) -> None:
        """From a form of the page the browser goes back to it; a program gets JSON."""
        try:
            said = CONTROLS[act](self, given)
        except KeyError as error:
            self._json(404, {"error": f"unknown: {error}"})
            return
        if given.get("back"):
            self.send_response(303)
            self.send_header("Location", "/" + str(given["back"]).lstrip("/"))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._json(200, said or {"done": True})

    def _json(self, status: int, said: Any) -> None:
        self._say(status, json.dumps(said).encode(), "application/json")

    def _say(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _comment(self: _Handler, given: dict[str, Any]) -> dict[str, Any]:
    made = self.world.write_comment(
        _person(given), given["name"], given["text"], post=given.get("post", ""), parent=given.get("parent", "")
    )
    return {"id": made.id}


def _post(self: _Handler, given: dict[str, Any]) -> dict[str, Any]:
    return {"id": self.world.write_post(_person(given), given["name"], given["text"]).id}


def _message(self: _Handler, given: dict[str, Any]) -> dict[str, Any]:
    person = self.world.messenger_of(_person(given))
    return {"id": self.world.write_message(person, given["name"], given["text"]).mid}


def _push(self: _Handler, given: dict[str, Any]) -> dict[str, Any]:
    """Any delivery at all: `signed` is "right", "wrong"; `times` sends it so often."""
    secret = None if given.get("signed", "right") == "right" else "another"
    delivery = given["delivery"]
    return {"statuses": [self.postman.bring(delivery, secret=secret) for _n in range(int(given.get("times", 1)))]}


def _fail(self: _Handler, given: dict[str, Any]) -> None:
    self.world.failures += [(int(given.get("status", 400)), given["body"])] * int(given.get("times", 1))


def _set(self: _Handler, given: dict[str, Any]) -> None:
    for name in ("token", "has_human_agent"):
        if name in given:
            setattr(self.world, name, given[name])


CONTROLS: dict[str, Any] = {
    "comment": _comment,
    "post": _post,
    "message": _message,
    "edit": lambda self, given: self.world.edit_comment(given["id"], given["text"]),
    "delete": lambda self, given: self.world.delete_comment(given["id"]),
    "read": lambda self, given: self.world.read_all(self.world.messenger_of(_person(given))),
    "move": lambda self, given: self.world.move(float(given["hours"])),
    "push": _push,
    "fail": _fail,
    "set": _set,
}


def _person(given: dict[str, Any]) -> str:
    """The same name is the same person."""
    return given.get("person") or number_of(given["name"])


def _given(kind: str, body: bytes) -> tuple[dict[str, Any], str]:
    """Fields of JSON, of a form, of a form with a file; and the name of that file."""
    if "json" in kind:
        try:
            said = json.loads(body or b"{}")
        except ValueError:
            return {}, ""
        return (said if isinstance(said, dict) else {}), ""
    if kind.startswith("multipart/"):
        message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        fields: dict[str, Any] = {}
        file = ""
        for part in message.iter_parts():  # type: ignore[attr-defined]
            name = part.get_param("name", header="content-disposition")
            if part.get_filename():
                file = str(part.get_filename())
            else:
                fields[str(name)] = _read(part.get_payload(decode=True).decode())
        return fields, file
    return dict(parse_qsl(body.decode("utf-8", "replace"))), ""


def _read(text: str) -> Any:
    try:
        return json.loads(text) if text[:1] in "{[" else text
    except ValueError:
        return text
