"""A little Facebook: one page, its posts, comments and conversations, and what the platform refuses. No database.

What a citizen does here is told to the desk by signed webhooks (`outbox`); what the desk asks for comes through `ask`.
Numbers and shapes are as the platform's; times follow a clock that can be moved forward.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

DAY = 24 * 3600
LONGEST_TEXT = 2000
PAGE, APP = "1001", 555
SECRET, TOKEN, WORD = "demo_app_secret_0001", "EAADemoPageToken", "a-word-for-the-demo"


@dataclass
class Comment:
    id: str
    post: str
    parent: str
    person: str
    name: str
    message: str
    at: float
    is_hidden: bool = False
    is_gone: bool = False
    has_private_reply: bool = False


@dataclass
class Post:
    id: str
    message: str
    at: float
    person: str = PAGE
    name: str = ""


@dataclass
class Line:
    mid: str
    is_ours: bool
    text: str
    at: float
    files: list[str] = field(default_factory=list)


@dataclass
class Talk:
    """One conversation in Messenger; `heard_at` is when the person last did something."""

    person: str
    name: str
    lines: list[Line] = field(default_factory=list)
    heard_at: float = 0.0


def number_of(name: str) -> str:
    """The same name is the same person."""
    return "9" + str(int(hashlib.sha256(name.strip().lower().encode()).hexdigest(), 16))[:9]


class Refused(Exception):
    """As the platform says no."""

    def __init__(self, code: int, message: str, subcode: int = 0, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "error": {
                "message": f"(#{code}) {message}",
                "type": "OAuthException",
                "code": code,
                "error_subcode": subcode,
                "fbtrace_id": "stand-in",
            }
        }


class World:
    """Everything the stand-in knows. `file`: where it is kept between two starts; None: nowhere."""

    def __init__(self, *, name: str = "Municipio de Olmo", file: Path | None = None) -> None:
        self.name, self.file = name, file
        self.token, self.secret = TOKEN, SECRET
        self.has_human_agent = False
        self.is_subscribed = True
        self.scopes = list(SCOPES)
        self.moved = 0.0  # seconds that the clock was moved
        self.count = 0
        self.posts: dict[str, Post] = {}
        self.comments: dict[str, Comment] = {}
        self.talks: dict[str, Talk] = {}
        self.calls: list[dict[str, Any]] = []
        self.failures: list[tuple[int, dict[str, Any]]] = []
        self.outbox: Callable[[dict[str, Any]], None] = lambda delivery: None
        self.lock = threading.RLock()
        self._load()
        if not self.posts:
            self.publish("Desde el lunes abre la inscripción a los talleres de verano. Todo está en nuestra web.")
            self.publish("Este sábado la biblioteca abre de mañana. ¡Los esperamos!")

    # The clock

    def now(self) -> float:
        return time.time() + self.moved

    def move(self, hours: float) -> None:
        with self.lock:
            self.moved += hours * 3600
            self._keep()

    # What citizens do

    def write_comment(self, person: str, name: str, message: str, *, post: str = "", parent: str = "") -> Comment:
        with self.lock:
            above = self.comments[parent] if parent else None
            post = above.post if above else post or next(iter(self.posts))
            root = (above.parent if above.parent != above.post else above.id) if above else post
            made = Comment(self._name("c"), post, root, person, name, message, self.now())
            self.comments[made.id] = made
            self._keep()
        self._feed(made, "add")
        return made

    def edit_comment(self, name: str, message: str) -> None:
        with self.lock:
            self.comments[name].message = message
            self._keep()
        self._feed(self.comments[name], "edited")

    def delete_comment(self, name: str) -> None:
        with self.lock:
            self.comments[name].is_gone = True
            self._keep()
        self._feed(self.comments[name], "remove")

    def write_post(self, person: str, name: str, message: str) -> Post:
        """On the page's wall."""
        with self.lock:
            made = Post(f"{PAGE}_{self._number()}", message, self.now(), person, name)
            self.posts[made.id] = made
            self._keep()
        self.send_change({**self._from(person, name), "item": "status", "verb": "add", "post_id": made.id,
                          "message": message, "created_time": int(made.at), "published": 1})  # fmt: skip
        return made

    def write_message(self, person: str, name: str, text: str) -> Line:
        with self.lock:
            talk = self.talks.setdefault(person, Talk(person, name))
            line = Line(self._name("m"), False, text, self.now())
            talk.lines.append(line)
            talk.heard_at = line.at
            self._keep()
        self.send_event(person, line.at, message={"mid": line.mid, "text": text})
        return line

    def read_all(self, person: str) -> None:
        self.send_event(person, self.now(), read={"watermark": int(self.now() * 1000)})

    # What the page does at the platform itself

    def publish(self, message: str) -> Post:
        with self.lock:
            made = Post(f"{PAGE}_{self._number()}", message, self.now(), PAGE, self.name)
            self.posts[made.id] = made
            self._keep()
        return made

    # What the desk asks

    def ask(self, method: str, path: str, given: dict[str, Any], *, file: str = "") -> dict[str, Any]:
        """The answer of the platform to one call without its version. Raises Refused."""
        with self.lock:
            self.calls.append({"method": method, "path": path, **given})
            del self.calls[:-500]
            if self.failures:
                status, body = self.failures.pop(0)
                error = Refused(0, "", status=status)
                error.body = body
                raise error
            is_app = path.strip("/") == "debug_token" and given.get("access_token") == f"{APP}|{self.secret}"
            if given.get("access_token") != self.token and not is_app:
                raise Refused(190, "Invalid OAuth access token.", status=401)
            answer = self._answer(method, [part for part in path.split("/") if part], given, file)
            self._keep()
            return answer

    def _answer(self, method: str, parts: list[str], given: dict[str, Any], file: str) -> dict[str, Any]:
        node, edge = parts[0] if parts else "", parts[1] if len(parts) > 1 else ""
        if node == "debug_token":
            return {
                "data": {"is_valid": given.get("input_token") == self.token, "expires_at": 0, "scopes": self.scopes}
            }
        if node in (PAGE, "me"):
            return self._page(method, edge, given, file)
        if node in self.comments:
            return self._comment(method, self.comments[node], edge, given)
        if node in self.posts:
            return self._post(method, self.posts[node], edge, given)
        if node in self.talks and method == "GET":
            first, _space, last = self.talks[node].name.partition(" ")
            return {"id": node, "first_name": first, "last_name": last}
        raise Refused(100, "Unsupported request: object does not exist.", 33)

    def _page(self, method: str, edge: str, given: dict[str, Any], file: str) -> dict[str, Any]:
        match method, edge:
            case "POST", "messages":
                return self._message(given, file)
            case "POST", "photos":
                return {"id": self._number()}
            case "POST", "subscribed_apps":
                self.is_subscribed = True
                return {"success": True}
            case "GET", "subscribed_apps":
                return {"data": [{"id": str(APP), "subscribed_fields": FIELDS}] if self.is_subscribed else []}
            case "POST", "feed":
                return {"id": self.publish(str(given.get("message", ""))).id}
            case "GET", "feed":
                return {"data": [self._shown_post(post, comments=True) for post in self.posts.values()]}
            case "GET", "conversations":
                return {"data": [self._shown_talk(talk) for talk in self.talks.values()]}
            case "GET", "":
                return {"id": PAGE, "name": self.name}
        raise Refused(100, "Unsupported request.")

    def _message(self, given: dict[str, Any], file: str) -> dict[str, Any]:
        recipient, message = given.get("recipient") or {}, given.get("message") or {}
        text = str(message.get("text", ""))
        if len(text) >= LONGEST_TEXT:
            raise Refused(100, "Length of param message[text] must be less than or equal to 2000")
        if not text and not message.get("attachment"):
            raise Refused(100, "Message cannot be empty")
        if "comment_id" in recipient or "post_id" in recipient:
            talk = self._private_reply(str(recipient.get("comment_id") or recipient.get("post_id")))
        else:
            talk = self._within_window(str(recipient.get("id", "")), given)
        line = Line(self._name("m"), True, text, self.now(), [file] if file else [])
        talk.lines.append(line)
        echo = {"mid": line.mid, "is_echo": True, "app_id": APP, "text": text}
        echo |= {"metadata": message["metadata"]} if message.get("metadata") else {}
        self.send_event(talk.person, line.at, is_ours=True, message=echo)
        self.send_event(talk.person, line.at, delivery={"mids": [line.mid], "watermark": int(line.at * 1000) + 999})
        return {"recipient_id": talk.person, "message_id": line.mid}

    def _within_window(self, person: str, given: dict[str, Any]) -> Talk:
        talk = self.talks.get(person)
        if talk is None:
            raise Refused(100, "No matching user found", 2018001)
        silent = self.now() - talk.heard_at
        if given.get("messaging_type") == "MESSAGE_TAG":
            if given.get("tag") != "HUMAN_AGENT":
                raise Refused(100, "Invalid message tag.", 1893061)
            if not self.has_human_agent:
                raise Refused(10, "This feature needs the Human Agent permission.")
            if silent < 7 * DAY:
                return talk
        elif silent < DAY:
            return talk
        raise Refused(10, "This message is sent outside of allowed window.", 2018278)

    def _private_reply(self, name: str) -> Talk:
        found: Any = self.comments.get(name) or self.posts.get(name)
        if found is None or getattr(found, "is_gone", False):
            raise Refused(100, "Invalid comment_id", 2018292)
        if getattr(found, "has_private_reply", False):
            raise Refused(10900, "Activity already replied to.")
        if found.person == PAGE or self.now() - found.at > 7 * DAY:
            raise Refused(10903, "This user cannot reply to this activity.")
        if isinstance(found, Comment):
            found.has_private_reply = True
        return self.talks.setdefault(self.messenger_of(found.person), Talk(self.messenger_of(found.person), found.name))

    def _comment(self, method: str, comment: Comment, edge: str, given: dict[str, Any]) -> dict[str, Any]:
        if comment.is_gone:
            raise Refused(100, "Unsupported request: object does not exist.", 33)
        if (method, edge) == ("POST", "comments"):
            return self._answer_below(comment.post, comment.id, given)
        if (method, edge) == ("DELETE", ""):
            comment.is_gone = True
            self._feed(comment, "remove")
            return {"success": True}
        if (method, edge) == ("POST", "") and "is_hidden" in given:
            comment.is_hidden = str(given["is_hidden"]).lower() == "true"
            self._feed(comment, "hide" if comment.is_hidden else "unhide")
            return {"success": True}
        if (method, edge) == ("POST", "") and "message" in given:
            if comment.person != PAGE:
                raise Refused(200, "Permissions error", status=403)
            comment.message = str(given["message"])
            self._feed(comment, "edited")
            return {"success": True}
        if (method, edge) == ("GET", ""):
            return self._shown_comment(comment)
        raise Refused(100, "Unsupported request.")

    def _post(self, method: str, post: Post, edge: str, given: dict[str, Any]) -> dict[str, Any]:
        if (method, edge) == ("POST", "comments"):
            return self._answer_below(post.id, "", given)
        if (method, edge) == ("GET", ""):
            return self._shown_post(post)
        if (method, edge) == ("DELETE", ""):
            del self.posts[post.id]
            return {"success": True}
        raise Refused(100, "Unsupported request.")

    def _answer_below(self, post: str, above: str, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("message") and not given.get("attachment_id"):
            raise Refused(100, "Comment is empty")
        parent = self.comments.get(above)
        root = (parent.parent if parent.parent != parent.post else parent.id) if parent else post
        made = Comment(self._name("c"), post, root, PAGE, self.name, str(given.get("message", "")), self.now())
        self.comments[made.id] = made
        self._feed(made, "add")
        return {"id": made.id}

    # What is told

    def send_event(self, person: str, at: float, *, is_ours: bool = False, **what: Any) -> None:
        ends = (PAGE, person) if is_ours else (person, PAGE)
        event = {"sender": {"id": ends[0]}, "recipient": {"id": ends[1]}, "timestamp": int(at * 1000), **what}
        self._send("messaging", event, int(at * 1000))

    def send_change(self, value: dict[str, Any]) -> None:
        self._send("changes", {"field": "feed", "value": value}, int(self.now()))

    def messenger_of(self, person: str) -> str:
        """In Messenger the same person bears another number."""
        return f"7{person[1:]}" if person.startswith("9") else person

    def _feed(self, comment: Comment, verb: str) -> None:
        self.send_change(
            {
                **self._from(comment.person, comment.name),
                "item": "comment",
                "verb": verb,
                "post_id": comment.post,
                "comment_id": comment.id,
                "parent_id": comment.parent,
                "message": comment.message,
                "created_time": int(comment.at),
                "post": {"id": comment.post, "permalink_url": f"https://www.facebook.com/{comment.post}"},
            }
        )

    def _send(self, name: str, event: dict[str, Any], at: int) -> None:
        self.outbox({"object": "page", "entry": [{"id": PAGE, "time": at, name: [event]}]})

    def _from(self, person: str, name: str) -> dict[str, Any]:
        return {"from": {"id": person, "name": name}}

    # What is shown

    def _shown_comment(self, comment: Comment) -> dict[str, Any]:
        return {
            "id": comment.id,
            "message": comment.message,
            "from": {"id": comment.person, "name": comment.name},
            "created_time": int(comment.at),
            "is_hidden": comment.is_hidden,
            "parent": {"id": comment.parent},
            "can_reply_privately": not comment.has_private_reply and comment.person != PAGE,
        }

    def _shown_post(self, post: Post, *, comments: bool = False) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": post.id,
            "message": post.message,
            "from": {"id": post.person, "name": post.name},
            "created_time": int(post.at),
            "permalink_url": f"https://www.facebook.com/{post.id}",
        }
        if comments:
            below = [self._shown_comment(c) for c in self.comments.values() if c.post == post.id and not c.is_gone]
            shown["comments"] = {"data": below}
        return shown

    def _shown_talk(self, talk: Talk) -> dict[str, Any]:
        lines = [
            {
                "id": line.mid,
                "message": line.text,
                "created_time": int(line.at),
                "from": {"id": PAGE if line.is_ours else talk.person},
            }
            for line in talk.lines
        ]
        return {"id": f"t_{talk.person}", "messages": {"data": lines}}

    # Names, and what stays

    def _number(self) -> str:
        self.count += 1
        return str(int(time.time()) % 10**7 * 1000 + self.count)

    def _name(self, kind: str) -> str:
        return f"m_{self._number()}" if kind == "m" else f"333_{self._number()}"

    def _keep(self) -> None:
        if self.file is None:
            return
        data = {
            "moved": self.moved,
            "count": self.count,
            "posts": [asdict(row) for row in self.posts.values()],
            "comments": [asdict(row) for row in self.comments.values()],
            "talks": [asdict(row) for row in self.talks.values()],
        }
        draft = self.file.with_suffix(".new")
        draft.write_text(json.dumps(data))
        draft.replace(self.file)

    def _load(self) -> None:
        if self.file is None or not self.file.exists():
            return
        data = json.loads(self.file.read_text())
        self.moved, self.count = data["moved"], data["count"]
        self.posts = {row["id"]: Post(**row) for row in data["posts"]}
        self.comments = {row["id"]: Comment(**row) for row in data["comments"]}
        for row in data["talks"]:
            lines = [Line(**line) for line in row.pop("lines")]
            self.talks[row["person"]] = Talk(**row, lines=lines)


SCOPES = [
    "pages_manage_metadata", "pages_messaging", "pages_read_engagement", "pages_read_user_content",
    "pages_manage_engagement", "pages_manage_posts", "read_insights",
]  # fmt: skip
FIELDS = ["feed", "messages", "message_echoes", "message_deliveries", "message_reads", "message_reactions"]
