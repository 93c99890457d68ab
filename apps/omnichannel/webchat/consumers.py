"""The visitor's socket: who may listen, what is new, who is typing. Words go through `services.write`."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock, crypto
from apps.core.errors import DomainError, TooMany
from apps.core.fanout import Bell, hub
from apps.omnichannel.models import Channel, Thread
from apps.omnichannel.webchat import coming, services, tokens
from apps.omnichannel.webchat.forms import WriteForm
from apps.omnichannel.webchat.guarded import TOO_MANY, GuardedConsumer, Malformed, number
from apps.omnichannel.webchat.models import Visitor
from apps.omnichannel.webchat.pace import Tally
from apps.omnichannel.webchat.standing import desk_message
from apps.omnichannel.webchat.transcript import PAGE, Transcript, read, read_news, seen_at_desk, thread_of
from apps.omnichannel.webchat.window import find_channel, spoken

log = logging.getLogger(__name__)
HELLO_WITHIN = 10.0  # seconds a socket may stay that has not said which conversation it wants
# Seconds: a bell may get lost, the database does not. Often while people talk, seldom when they have stopped.
LOOK_ANYWAY_EVERY, LOOK_SELDOM_EVERY, TALKING_FOR = 5.0, 30.0, 120.0
SOCKETS_A_VISITOR = 5
DESK_KEPT = 3.0  # seconds; a bell that tells of words alone does not ask again how the desk stands

NOT_HERE, NO_HELLO = 4404, 4408

sockets_of_visitor = Tally()
strangers_at_address = Tally()


class VisitorConsumer(GuardedConsumer):
    channel_layer_alias = None  # bells come through the hub: one subscription for the whole process

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel: Channel | None = None
        self.visitor: Visitor | None = None
        self.token = self.visitor_key = ""
        self.thread: Thread | None = None
        self.conversation = ""
        self.sent = self.got = 0
        self.last_desk: dict[str, object] = {}
        self.desk_known_until = 0.0
        self.newest = 0
        self.spoke_at = 0.0
        self.is_writing = False
        self.rung = asyncio.Event()
        self.news: asyncio.Task[None] | None = None
        self.errands: set[asyncio.Task[None]] = set()
        self.topics: set[str] = set()
        self.is_stranger = False
        self.page: dict[str, str] = {}
        self.own_last = self.seen = 0

    async def dispatch(self, message: dict[str, Any]) -> None:
        # The stock dispatch tidies connections in the one shared thread; our short reads tidy their own.
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        self.address = str((self.scope.get("client") or ["unknown"])[0])
        key = self.scope["url_route"]["kwargs"]["key"]
        self.token = tokens.first_genuine(key, self.scope.get("cookies", {}).get(tokens.cookie_name(key)))
        self.channel, self.visitor = await _in_thread(_find, key, self.token)
        if self.channel is None:
            await self.close(NOT_HERE)
            return
        self.language = _language(self.scope, self.channel)
        limit = settings.ACUDO_CHAT_SOCKETS_PER_ADDRESS
        self.is_stranger = self.visitor is None
        if self.is_stranger and not strangers_at_address.enter(self.address, limit=limit):
            self.is_stranger = False
            await self.close(TOO_MANY)
            return
        await self.accept()
        self._run(self._expect_hello())

    async def disconnect(self, code: int) -> None:
        for task in list(self.errands):
            task.cancel()
        self._is_known()
        if self.visitor_key:
            sockets_of_visitor.leave(self.visitor_key)
        for topic in list(self.topics):
            await hub.leave(topic, self)
        if self.visitor and self.visitor_key and not sockets_of_visitor[self.visitor_key]:
            await _in_thread(coming.left, self.visitor)

    def verb_for(self, kind: object) -> Any:
        """Nothing but a hello before the hello."""
        verbs = {"say": self.say, "typing": self.typing, "read": self.read, "got": self.got_all}
        if kind == "hello":
            return self.hello
        return verbs.get(str(kind)) if self.visitor_key else None

    # -- what a browser may say ------------------------------------------------------------------------------------

    async def hello(self, message: dict[str, Any]) -> None:
        """Who I am and how far I am. Also later, to be brought up to date."""
        after, conversation = number(message.get("after", 0)), message.get("conversation") or ""
        self.page = coming.page_facts(message.get("page")) or self.page
        new_token = await self._introduce(message.get("token"))
        if not self.visitor_key:
            return
        await self._find_topics()
        if self.visitor:
            await _in_thread(coming.arrived, self.visitor, self.page, is_new=self.news is None)
        transcript, self.last_desk = await self._read(str(conversation), after)
        known = min(after, transcript.total) if conversation == transcript.conversation else 0
        self.sent, self.got = transcript.last or known, known
        await self.answer({**transcript.as_message(), "t": "welcome", "token": new_token, "desk": self.last_desk})
        self.spoke_at = time.monotonic()
        self.news = self.news or self._run(self._bring_news())
        await self._mark_read(number(message.get("read", 0)))

    async def say(self, message: dict[str, Any]) -> None:
        name = str(message.get("id", ""))
        form = WriteForm({key: message.get(key) for key in ("text", "name", "email", "id")})
        is_valid = form.is_valid()
        if not name or "id" in form.errors:
            raise Malformed
        if not is_valid:
            await self._refuse(name, form.refusal())
            return
        self.is_writing = True
        try:
            visitor, written = await _in_thread(self._write, form.cleaned_data)
        except TooMany as error:
            await self._refuse(name, error, retry_after=error.retry_after)
        except DomainError as error:
            await self._refuse(name, error)
        except Exception:
            log.exception("chat message not stored")
            await self.answer({"t": "refused", "id": name, "code": "later", "text": "", "retry_after": 3})
        else:
            await self._written(visitor, name, written)
        finally:
            self.is_writing = False
            self._ring_if_behind()

    async def typing(self, message: dict[str, Any]) -> None:
        if self.thread:
            who = {"who": "visitor", "name": self._name(), "mode": "write"}
            self._tell(*services.desk_bell(self.thread, "here", **who))

    async def read(self, message: dict[str, Any]) -> None:
        await self._mark_read(number(message.get("sequence")))

    async def got_all(self, message: dict[str, Any]) -> None:
        self.got = min(self.sent, number(message.get("sequence")))
        self.rung.set()

    # -- what the desk lets us hear ----------------------------------------------------------------------------------

    async def hear(self, bell: Bell) -> None:
        kind = bell.message.get("type")
        if kind == "agent.typing":
            await self.answer({"t": "typing", "on": True, "name": str(bell.message.get("name", ""))})
        elif kind == "visitor.blocked" and self.visitor:
            self.visitor.blocked_at = clock.now()
            self.rung.set()
        elif kind == "visitor.stayed" and self.visitor:
            self.visitor.stayed_at = clock.now()
            self.rung.set()
        elif kind == "thread.grew" and self.thread and bell.topic == f"visitor.{self.thread.pk}":
            self.newest = max(self.newest, bell.message.get("sequence", 0))
            self._ring_if_behind()
        else:
            self.desk_known_until = 0.0
            self.rung.set()

    def _ring_if_behind(self) -> None:
        """Our own message rings, too; it is told by its acceptance and needs no second look."""
        if self.newest > self.sent and not self.is_writing:
            self.rung.set()

    async def _bring_news(self) -> None:
        """A bell is rung once or many times: the same look into the database answers them all."""
        while True:
            try:
                await asyncio.wait_for(self.rung.wait(), self._patience())
            except TimeoutError:
                if not self.thread:
                    continue
                self.desk_known_until = 0.0
            self.rung.clear()
            try:
                await self._look()
            except Exception:
                log.exception("chat news not brought")
                await asyncio.sleep(1)
                self.rung.set()

    def _patience(self) -> float:
        is_talking = time.monotonic() - self.spoke_at < TALKING_FOR
        return LOOK_ANYWAY_EVERY if is_talking else LOOK_SELDOM_EVERY

    async def _look(self) -> None:
        await self._find_topics()
        if self.sent - self.got >= PAGE:
            return  # a slow reader: what follows stays in the database until it says that it has got this far
        had, before = self.thread is not None, self.conversation
        transcript, desk = await self._read(self.conversation, self.sent)
        if had and not transcript.conversation:
            await self.close(NOT_HERE)
            return
        if transcript.conversation != before:
            self.sent = self.got = 0
        fresh = [message for message in transcript.messages if message["sequence"] > self.sent]
        if fresh:
            self.spoke_at = time.monotonic()
            self.sent = fresh[-1]["sequence"]
            await self.answer({**transcript.as_message(), "messages": fresh})
        if desk != self.last_desk and _without_seconds(desk) != _without_seconds(self.last_desk):
            self.last_desk = desk
            await self.answer(desk)

    # -- steps ---------------------------------------------------------------------------------------------------------

    async def _introduce(self, token: object) -> str | None:
        """Settle who this is. Returns a token when the browser had none it could show."""
        if self.visitor_key:
            return None
        given = self.token or tokens.first_genuine(self.channel.key, token)  # type: ignore[union-attr]
        self.token = given or tokens.mint(self.channel.key)  # type: ignore[union-attr]
        key = crypto.digest(self.token)
        if not sockets_of_visitor.enter(key, limit=SOCKETS_A_VISITOR):
            await self.close(TOO_MANY)
            return None
        self.visitor_key = key
        if self.visitor is None and given:
            self.visitor = await _in_thread(services.find_visitor, self.channel, self.token)
        if self.visitor:
            self._is_known()
        return None if given else self.token

    async def _find_topics(self) -> None:
        """Listen first, read then: what is written in between rings (R-18)."""
        await self._join(f"browser.{self.visitor_key[:32]}")
        if self.visitor is None:
            self.visitor = await _in_thread(services.find_visitor, self.channel, self.token)
        if self.visitor and not self.thread:
            self.thread = await _in_thread(thread_of, self.visitor)
        if self.thread:
            await self._join(f"visitor.{self.thread.pk}")

    async def _join(self, topic: str) -> None:
        if topic not in self.topics:
            self.topics.add(topic)
            await hub.join(topic, self)

    async def _read(self, conversation: str, after: int) -> tuple[Transcript, dict[str, object]]:
        transcript, desk = await _in_thread(self._load, conversation, after)
        if transcript.thread:
            is_other = self.thread is None or self.thread.pk != transcript.thread.pk
            self.conversation, self.thread = transcript.conversation, transcript.thread
            if is_other:
                await self._join(f"visitor.{self.thread.pk}")
                self.rung.set()
        return transcript, desk

    def _load(self, conversation: str, after: int) -> tuple[Transcript, dict[str, object]]:
        transcript = None
        if self.thread and conversation == self.conversation:
            was = _course(self.thread)
            transcript = read_news(self.thread, self.channel.key, after=after)  # type: ignore[union-attr]
            stands = _course(self.thread) == was and time.monotonic() < self.desk_known_until
            if transcript and stands and self.last_desk.get("state") != "idle":
                self._note_own(transcript)
                return transcript, self.last_desk
        if self.visitor and transcript is None:
            transcript = read(self.visitor, self.channel.key, conversation=conversation, after=after)  # type: ignore[union-attr]
        transcript = transcript or Transcript()
        if self.visitor:
            coming.arrived(self.visitor, {})
        self._note_own(transcript)
        with translation.override(self.language):
            desk = desk_message(self.channel, transcript, self.visitor, seen=self._seen(transcript))  # type: ignore[arg-type]
        self.desk_known_until = time.monotonic() + DESK_KEPT
        return transcript, desk

    def _note_own(self, transcript: Transcript) -> None:
        self.own_last = max([self.own_last, *(m["sequence"] for m in transcript.messages if m["from"] == "me")])

    def _seen(self, transcript: Transcript) -> int:
        """How far we have read; asked only while something of theirs is unread."""
        if transcript.thread and self.own_last > self.seen:
            self.seen = seen_at_desk(transcript.thread)
        return self.seen

    def _write(self, words: dict[str, Any]) -> tuple[Visitor, services.Written]:
        with translation.override(self.language):
            return services.write(
                self.channel,  # type: ignore[arg-type]
                token=self.token,
                visitor=self.visitor,
                text=words["text"],
                client_id=words["id"],
                name=words["name"],
                email=words["email"],
                address=self.address,
                language=self.language,
                page=self.page,
            )

    async def _written(self, visitor: Visitor, name: str, written: services.Written) -> None:
        is_first = self.thread is None or written.thread.pk != self.thread.pk
        self.visitor, self.thread, self.spoke_at = visitor, written.thread, time.monotonic()
        if written.conversation != self.conversation:
            self.conversation, self.sent, self.got = written.conversation, 0, 0
            self.own_last = self.seen = 0
        self.own_last = max(self.own_last, written.message["sequence"])
        if written.message["sequence"] == self.sent + 1:
            self.sent += 1
        elif written.message["sequence"] > self.sent:
            self.rung.set()
        if self.last_desk.get("state") == "idle":
            self.rung.set()
        await self.answer(
            {"t": "accepted", "id": name, "conversation": written.conversation, "messages": [written.message]}
        )
        if is_first:
            self._is_known()
            await self._join(f"visitor.{self.thread.pk}")
            self.rung.set()
            topic = f"browser.{self.visitor_key[:32]}"
            self._tell(topic, {"type": "thread.opened"})

    async def _mark_read(self, sequence: int) -> None:
        if sequence and self.thread:
            await _in_thread(services.mark_read, self.thread, sequence=min(sequence, self.sent))

    def _name(self) -> str:
        """As the desk reads it, in the desk's language."""
        with translation.override(self.channel.office.default_language):  # type: ignore[union-attr]
            return (self.visitor and self.visitor.name) or _("The person")

    def _is_known(self) -> None:
        if self.is_stranger:
            self.is_stranger = False
            strangers_at_address.leave(self.address)

    async def _expect_hello(self) -> None:
        await asyncio.sleep(HELLO_WITHIN)
        if not self.visitor_key:
            await self.close(NO_HELLO)

    async def _refuse(self, name: str, error: DomainError, **more: Any) -> None:
        with translation.override(self.language):
            text = str(error)
        await self.answer({"t": "refused", "id": name, "code": error.code, "text": text, **more})

    def _tell(self, group: str, message: dict[str, Any]) -> None:
        self._run(_ring(group, message))

    def _run(self, errand: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(errand)
        self.errands.add(task)
        task.add_done_callback(self.errands.discard)
        return task


async def _in_thread(function: Any, *args: Any, **kwargs: Any) -> Any:
    """A short piece of database work in a thread of its own, not in the one that all share."""
    return await database_sync_to_async(function, thread_sensitive=False)(*args, **kwargs)


async def _ring(group: str, message: dict[str, Any]) -> None:
    try:
        await asyncio.wait_for(get_channel_layer().group_send(group, {**message, "topic": group}), 1)
    except Exception:
        log.debug("typing note not passed on", exc_info=True)


def _course(thread: Thread) -> tuple[str, str]:
    """Whose turn it is; while that stays so, words change nothing in how the desk stands."""
    return thread.ticket.status, thread.ticket.last_direction


def _find(key: str, token: str) -> tuple[Channel | None, Visitor | None]:
    channel = find_channel(key)
    return channel, services.find_visitor(channel, token) if channel and token else None


def _language(scope: dict[str, Any], channel: Channel) -> str:
    asked = parse_qs(scope.get("query_string", b"").decode("latin1")).get("lang", [""])[0]
    return spoken(channel, asked)


def _without_seconds(desk: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in desk.items() if key != "seconds"}
