"""Tells months of work through the real verbs, each at its own moment, always the same for the same seed."""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from PIL import Image, ImageDraw

from apps.core import clock
from apps.demo.stories import FAMILY_NAMES, GIVEN_NAMES, STORIES, WORDS, Story
from apps.demo.world import World
from apps.hours.arithmetic import WorkingHours, due_at
from apps.hours.services import working_hours
from apps.omnichannel.models import Delivery, DeliveryAttempt
from apps.omnichannel.ports import InboundMessage, Sender
from apps.omnichannel.services import receive
from apps.people.services import add_identity, identify
from apps.sla.models import Clock
from apps.sla.services import act
from apps.tickets import services as tickets
from apps.tickets.files import KeptFile, NewFile, keep
from apps.tickets.models import LastSeen, Message, Ticket
from apps.tickets.states import Status

MONTHS = timedelta(days=120)
LONG_AGO = timedelta(days=9)  # what is older has been solved, late or not
THANKS = {
    "es": "Gracias a usted. Quedamos a las órdenes por aquí mismo.",
    "it": "Grazie a lei. Se serve altro, ci scriva pure qui.",
    "en": "You are welcome. Write to us here whenever you need to.",
    "pt": "Obrigado. Se precisar de algo mais, escreva por aqui.",
}
DOORS = [("email", 36), ("webchat", 30), ("portal", 22), ("calls", 8), ("counter", 4)]
ZONE = ZoneInfo("America/Montevideo")


@dataclass(frozen=True)
class Plan:
    """One ticket to be told: which, when, through which door, by whom, and how late the answer comes."""

    number: int
    at: datetime
    story: Story
    door: str
    name: str
    words: dict[str, str]
    working_minutes: int


def plans(count: int, *, seed: int, until: datetime) -> Iterator[Plan]:
    """`count` plans in order of time, the last ones of today."""
    dice = random.Random(seed)
    people = [f"{dice.choice(GIVEN_NAMES)} {dice.choice(FAMILY_NAMES)}" for _ in range(count * 2 // 5)]
    for number, at in enumerate(_moments(dice, count, until)):
        story = dice.choice(STORIES)
        door = dice.choices([d for d, _w in DOORS], [w for _d, w in DOORS])[0]
        words = {key: dice.choice(values) for key, values in WORDS.items()}
        yield Plan(number, at, story, door, dice.choice(people), words, _delay(dice, door))


def tell(plan: Plan, world: World, *, until: datetime) -> Ticket:
    """The ticket from its first word to what has become of it by `until`; one transaction, nothing is sent."""
    files = keep([_picture(plan)]) if "foto" in plan.story.then or "comprobante" in plan.story.then else []
    with transaction.atomic():
        ticket = _Telling(plan, world, until, files).run()
        _as_if_sent(ticket)
    return ticket


class _Telling:
    def __init__(self, plan: Plan, world: World, until: datetime, files: list[KeptFile]) -> None:
        self.plan, self.world, self.until, self.files = plan, world, until, files
        self.dice = random.Random(plan.number * 7919)
        self.team = world.teams[plan.story.team]
        self.office = self.team.office
        self.hours: WorkingHours = working_hours(self.office.calendar, plan.at)
        members = sorted(self.team.members.all(), key=lambda user: user.email)
        self.agent = members[plan.number % len(members)]
        self.ticket: Ticket

    def run(self) -> Ticket:
        self._open()
        story, answered = self.plan.story, False
        for step in (self._triage, self._note, self._answer, self._then, self._thank, self._solve, self._close):
            moment = self._moment_of(step)
            if moment is None or moment > self.until:
                break
            self._let_time_pass(moment)
            with clock.told(moment):
                step(story)
            answered = answered or step == self._answer
        self._let_time_pass(self.until)
        if answered or self.plan.number % 3:
            newest = Message.objects.filter(ticket=self.ticket).order_by("-pk").values_list("pk", flat=True)[0]
            LastSeen.objects.update_or_create(
                user=self.agent, ticket=self.ticket, defaults={"message_id": newest if answered else newest - 1}
            )
        return self.ticket

    def _open(self) -> None:
        plan, story = self.plan, self.plan.story
        text, subject = self._say(story.ask), self._say(story.subject)
        address = _address(plan.name)
        with clock.told(plan.at):
            if plan.door in ("email", "webchat"):
                channel = self.world.channels[f"{self.office.slug}-{'correo' if plan.door == 'email' else 'chat'}"]
                handle = address if plan.door == "email" else f"demo-{plan.number}"
                inbound = InboundMessage(
                    sender=Sender(plan.door, handle, plan.name),
                    text=text,
                    subject=subject if plan.door == "email" else "",
                    language=story.language,
                    thread_key=f"demo-{plan.number}" if plan.door == "webchat" else "",
                    details={"story": plan.number},
                )
                self.thread = receive(channel, inbound, at=plan.at).thread
                self.ticket = self.thread.ticket
            else:
                person = identify(
                    self.office.body, kind="email", handle=address, name=plan.name, language=story.language
                )
                if plan.door == "calls":
                    add_identity(person, kind="phone", handle=f"+5989{1000000 + plan.number * 37 % 8999999}")
                self.thread = None
                self.ticket = tickets.open_ticket(
                    self.office,
                    requester=person,
                    subject=subject,
                    text=text,
                    via=plan.door,
                    language=story.language,
                    details={"story": plan.number},
                    actor=self.agent if plan.door != "portal" else None,
                    at=plan.at,
                )

    def _moment_of(self, step: Callable[[Story], None]) -> datetime | None:
        """When this step happens, in working time after what came before; None when it does not."""
        story, after = self.plan.story, self.plan.working_minutes
        is_old = self.until - self.plan.at > LONG_AGO
        pace = 1 if self.plan.door == "webchat" else 60
        offsets = {
            "_triage": after * 0.3,
            "_note": after * 0.6 if story.note else None,
            "_answer": after,
            "_then": after + pace * self.dice.uniform(1, 6) if story.then else after,
            "_thank": after + pace * self.dice.uniform(6.5, 9 if self.dice.random() < 0.9 else 20),
            "_solve": after + pace * self.dice.uniform(9, 20) if is_old or self.dice.random() < 0.8 else None,
            "_close": after + 60 * 9 * 7,
        }
        minutes = offsets[step.__name__]
        if minutes is None:
            # A missing note does not end the story; an unsolved ticket does.
            minutes = offsets["_answer"] if step == self._note else None
        return None if minutes is None else due_at(self.plan.at, minutes * 60, self.hours)

    def _triage(self, story: Story) -> None:
        tickets.move_to_team(self.ticket, team=self.team, actor=self.agent)
        tickets.assign(self.ticket, to=self.agent, actor=self.agent)
        if story.priority != self.ticket.priority:
            tickets.set_priority(self.ticket, to=story.priority, actor=self.agent)
        for key in story.tags:
            tickets.tag(self.ticket, key=key, actor=self.agent)
        service = self.world.services.get(story.service)
        Ticket.objects.filter(pk=self.ticket.pk).update(service=service, type=story.type)

    def _note(self, story: Story) -> None:
        if story.note:
            tickets.add_note(self.ticket, author=self.agent, text=self._say(story.note))

    def _answer(self, story: Story) -> None:
        tickets.reply(
            self.ticket,
            author=self.agent,
            text=self._say(story.answer),
            then=Status.WAITING if story.then else "",
        )
        tickets.tag(self.ticket, key="answered", actor=self.agent)

    def _then(self, story: Story) -> None:
        if not story.then:
            return
        text = self._say(story.then)
        if self.thread is None:
            tickets.add_message(
                self.ticket, author=self.ticket.requester, text=text, via="portal", attachments=self.files
            )
            return
        inbound = InboundMessage(
            sender=Sender(self.thread.channel.kind, self.thread.recipient, self.plan.name),
            text=text,
            thread_key=self.thread.key,
            language=story.language,
        )
        receive(self.thread.channel, inbound, files=self.files)

    def _thank(self, story: Story) -> None:
        if story.then:
            tickets.reply(self.ticket, author=self.agent, text=THANKS[story.language])

    def _solve(self, story: Story) -> None:
        tickets.change_status(self.ticket, to=Status.SOLVED, actor=self.agent)

    def _close(self, story: Story) -> None:
        tickets.change_status(self.ticket, to=Status.CLOSED, actor=None)

    def _let_time_pass(self, moment: datetime) -> None:
        """What the sweep would have done until then: a warning and a breach for each clock, a second after each."""
        for _step in ("warning", "breach"):
            for row in Clock.objects.filter(ticket=self.ticket, next_at__lt=moment).order_by("next_at"):
                at = row.next_at + timedelta(seconds=1)
                with clock.told(at):
                    act(row.pk, now=at)

    def _say(self, text: str) -> str:
        for key, word in self.plan.words.items():
            text = text.replace("{" + key + "}", word)
        return text[:1].upper() + text[1:]


def _moments(dice: random.Random, count: int, until: datetime) -> list[datetime]:
    """More in the mornings, less at week-ends, some at night; a handful in the last hours."""
    first = until - MONTHS
    moments = []
    while len(moments) < count - 12:
        at = first + dice.random() * MONTHS
        local = at.astimezone(ZONE)
        likely = {0: 1.0, 1: 0.95, 2: 0.9, 3: 0.85, 4: 0.8, 5: 0.35, 6: 0.15}[local.weekday()]
        likely *= 1.0 if 8 <= local.hour < 12 else 0.7 if 12 <= local.hour < 19 else 0.18
        if dice.random() < likely:
            moments.append(at.replace(microsecond=0))
    moments += [(until - timedelta(minutes=dice.uniform(4, 700))).replace(microsecond=0) for _ in range(12)]
    return sorted(moments)


def _delay(dice: random.Random, door: str) -> int:
    """Working minutes until a person answers: mostly in time, one in nine late."""
    if door == "webchat":
        return 1 if dice.random() < 0.8 else dice.randint(2, 14)
    if dice.random() < 0.11:
        return dice.randint(260, 900)
    return max(6, min(220, int(dice.lognormvariate(4.0, 0.7))))


def _address(name: str) -> str:
    plain = name.lower().translate(str.maketrans("áéíóúñü", "aeiounu")).replace(" ", ".")
    return f"{plain}@correo.olmo.example"


def _picture(plan: Plan) -> NewFile:
    image = Image.new("RGB", (640, 360), "#f2efe6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, 616, 336), outline="#6b6558", width=3)
    for line in range(6):
        draw.line(
            (56, 90 + line * 36, 400 + (plan.number * 53 + line * 71) % 180, 90 + line * 36), fill="#8d8778", width=6
        )
    content = io.BytesIO()
    image.save(content, "PNG")
    return NewFile("comprobante.png", content.getvalue(), "image/png")


def _as_if_sent(ticket: Ticket) -> None:
    """Letters of months ago do not leave today."""
    for delivery in Delivery.objects.filter(message__ticket=ticket, state=Delivery.State.WAITING):
        at = delivery.message.written_at + timedelta(seconds=4)
        Delivery.objects.filter(pk=delivery.pk).update(
            state=Delivery.State.SENT, next_at=None, sent_at=at, attempts=1, created_at=delivery.message.written_at
        )
        DeliveryAttempt.objects.create(delivery=delivery, began_at=at, ended_at=at, outcome="sent")
