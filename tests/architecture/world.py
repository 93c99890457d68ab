"""One house with two branches, another house beyond the wall, and one object of every kind in the first branch."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Model, Sum
from django.test import Client

from apps.accounts.models import ApiToken, Membership, Office, Team, User
from apps.activity.models import Activity
from apps.automation.models import Macro, Rule
from apps.bot.models import Bot, Conversation, Question, Training
from apps.catalogue.models import ReferralCard
from apps.core import clock, crypto
from apps.duty.models import Handover, HandoverItem, Opening, Wall
from apps.duty.services import begin_handover, make_wall
from apps.guard.models import WordList
from apps.hours.duty import note_absence, save_shift
from apps.hours.models import Absence, Calendar, Rostered, Shift, SpecialDay
from apps.hours.my_shifts import feed_key
from apps.inbox.jobs import begin
from apps.inbox.models import Job, SavedView
from apps.kb.models import Article, ArticleFile, Category, FormerSlug, MissedSearch, Revision, Translation, Wording
from apps.kb.services import add_file, give_feedback
from apps.omnichannel.models import Channel, Delivery, Envelope
from apps.omnichannel.services import begin_round
from apps.omnichannel.webchat import services as chats
from apps.omnichannel.webchat import tokens
from apps.people.models import Person
from apps.portal.models import Device, Draft, MagicLink
from apps.portal.pages import COOKIE
from apps.reporting.models import OutsideFigure, Replay, Schedule
from apps.sla.models import Clock, Policy
from apps.surveys.services import ask
from apps.tickets import services
from apps.tickets.files import NewFile, keep
from apps.tickets.models import Link, Merge, Message, Tag, Ticket
from tests.factories.accounts import OfficeFactory, RoleFactory, TeamFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.kb import CategoryFactory, TranslationFactory
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.sla import PolicyFactory
from tests.factories.tickets import TagFactory, TicketFactory

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

# What a refused request must leave as it was. Sessions, counters of limits and marks of reading may move.
WATCHED: tuple[type[Model], ...] = (
    Activity, Message, Person, User, Membership, Team, Tag, Channel, Calendar, SpecialDay, Policy, Article,
    Translation, Revision, Category, Draft, Ticket, OutsideFigure, Replay, Schedule,
    Shift, Rostered, Absence, Handover, Opening, Wall, Link, Merge, Macro, SavedView, Rule,
    ArticleFile, FormerSlug, Wording, Bot, Training, WordList,
)  # fmt: skip


@dataclass
class World:
    """`values` are what routes and bodies name: "ticket" -> its public id."""

    values: dict[str, Any] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    devices: dict[str, str] = field(default_factory=dict)

    def client(self, role: str, **options: Any) -> Client:
        client = Client(raise_request_exception=False, **options)
        if role in self.users:
            client.force_login(self.users[role], backend="django.contrib.auth.backends.ModelBackend")
        if role in self.devices:
            client.cookies[COOKIE] = self.devices[role]
        return client


def build() -> World:
    world = World()
    olmo = OfficeFactory(name="Olmo", slug="olmo")
    library, counter = (OfficeFactory(name=name, slug=name, parent=olmo) for name in ("library", "counter"))
    roble = OfficeFactory(name="Roble", slug="roble")
    cast = {
        "observer": ("observer", library),
        "agent": ("agent", library),
        "other_office": ("agent", counter),
        "other_admin": ("admin", roble),
        "admin": ("admin", olmo),
    }
    for name, (role, office) in cast.items():
        user = world.users[name] = user_in(office, role, full_name=f"The {name}", email=f"{name}@desk.example")
        _row, world.keys[name] = ApiToken.issue(user=user, office=office, role=RoleFactory(key=role), name="matrix")
    _fill(world, library, olmo, roble)
    return world


def fingerprint() -> tuple[Any, ...]:
    """Changes whenever something that matters was written."""
    counts = [model.objects.count() for model in WATCHED]
    states = [
        Ticket.objects.aggregate(n=Sum("version"))["n"],
        Membership.objects.values_list("role_id", flat=True).order_by("pk").last(),
        sorted(User.objects.values_list("pk", "is_active", "password", "session_epoch")),
        sorted(Delivery.objects.values_list("pk", "state")),
        sorted(Envelope.objects.values_list("pk", "state")),
        sorted(ApiToken.objects.values_list("pk", "revoked_at")),
        sorted(Calendar.objects.values_list("pk", "edition")),
        sorted(Policy.objects.values_list("pk", "position", "name")),
        sorted(Translation.objects.values_list("pk", "version", "state")),
        sorted(Person.objects.values_list("pk", "full_name", "notes")),
        sorted(Team.objects.values_list("pk", "name", "office_id")),
        sorted(Tag.objects.values_list("pk", "updated_at")),
        sorted(Office.objects.values_list("pk", "updated_at")),
        sorted(Channel.objects.values_list("pk", "updated_at")),
        sorted(Article.objects.values_list("pk", "updated_at")),
        sorted(Macro.objects.values_list("pk", "name", "updated_at")),
        sorted(Rule.objects.values_list("pk", "name", "position", "updated_at")),
        sorted(SavedView.objects.values_list("pk", "name", "updated_at")),
        sorted(Job.objects.exclude(undo_at=None).values_list("pk", flat=True)),
        sorted(Category.objects.values_list("pk", "slug", "position", "updated_at")),
    ]
    return (*counts, *states)


def _fill(world: World, library: Any, olmo: Any, roble: Any) -> None:
    admin, agent = world.users["admin"], world.users["agent"]
    calendar = library.calendar = CalendarFactory(office=library, slug="general", is_always_open=True)
    library.save()
    team, foreign_team = TeamFactory(office=library, slug="desk-team"), TeamFactory(office=roble)
    tag, foreign_tag = TagFactory(body=olmo, key="loans"), TagFactory(body=roble, key="theirs")
    policy = PolicyFactory(office=library, calendar=calendar, name="General")
    for person in ("person", "other_person"):
        row = PersonFactory(body=olmo, full_name=person, email=f"{person}@people.example")
        world.devices[person] = _device(row, f"{person}@people.example")
        world.values[person] = row.public_id
    person = Person.objects.get(full_name="person")
    foreign_person = PersonFactory(body=roble, full_name="foreigner")
    channel = ChannelFactory(office=library, kind="email", slug="mail", address="desk@olmo.example", team=team)
    chat = ChannelFactory(office=library, kind="webchat", slug="chat", address="")
    token = tokens.mint(chat.key)
    _visitor, said = chats.write(chat, token=token, text="Hello", client_id="message-0001", address="192.0.2.1")
    call = ChannelFactory(office=library, kind="calls", slug="call", address="+598 2400 0110", settings={"link": "tel"})
    ticket = TicketFactory(office=library, requester=person, subject="A book", assignee=agent)
    foreign_ticket = TicketFactory(office=roble, requester=foreign_person, subject="Theirs")
    first = ticket.messages.first()
    Message.objects.filter(pk=first.pk).update(html="<p>Hello</p>")
    note = services.add_note(ticket, author=agent, text="among us")
    services.reply(ticket, author=agent, text="At nine.")
    shown = _attach(first)
    hidden = _attach(note)
    Delivery.objects.update(state="dead", next_at=None)
    envelope = Envelope.objects.create(
        channel=channel, external_id="x", digest="x", raw=b"x", source="command", state="quarantined", next_at=None
    )
    Channel.objects.filter(pk=channel.pk).update(received_count=1)
    words = TranslationFactory(office=library, author=admin, language="es", title="Préstamos")
    category = CategoryFactory(body=olmo, slug="shelf")
    words.article.category = category
    words.article.save()
    kb_file = add_file(words.article, name="map.pdf", content=b"%PDF-", content_type="application/pdf", actor=admin)
    link = secrets.token_urlsafe(32)
    MagicLink.objects.create(
        office=olmo, who="person@people.example", address="person@people.example", language="es", person=person,
        token_digest=crypto.digest(link), expires_at=clock.now() + timedelta(hours=1), next_at=None,
    )  # fmt: skip
    foreign_envelope = Envelope.objects.create(
        channel=ChannelFactory(office=roble, kind="email", slug="theirs"),
        external_id="y", digest="y", raw=b"y", source="command", state="quarantined", next_at=None,
    )  # fmt: skip
    shift = save_shift(
        Shift(office=library, name="Morning", opens_minute=480, closes_minute=810, head=admin), actor=admin
    )
    absence = note_absence(
        library, user=agent, first_on=clock.now().date(), last_on=clock.now().date(), reason="ill", actor=admin
    )
    handover = begin_handover(library, by=agent)
    item = handover.items.first() or HandoverItem.objects.create(handover=handover, kind="backlog", ticket=ticket)
    Handover.objects.update(done_at=None, done_by=None)
    wall, wall_key = make_wall(library, name="Hall", by=admin)
    Clock.objects.filter(ticket=ticket).update(breached_at=clock.now())  # late, so that a reason may be given
    world.values |= {
        "shift": shift.pk,
        "absence": absence.pk,
        "handed": item.pk,
        "wall": wall.public_id,
        "wall_key": wall_key,
        "shift_feed": feed_key(agent),
        "ticket": ticket.public_id,
        "message": first.public_id,
        "note": note.public_id,
        "attachment": shown,
        "note_attachment": hidden,
        "document": _attach_document(first),
        "delivery": Delivery.objects.filter(message__ticket=ticket, is_automatic=False).latest("pk").public_id,
        "envelope": envelope.public_id,
        "round_trip": begin_round(channel, asked_by=admin).public_id,
        "calendar": calendar.pk,
        "acknowledged": f"channel-{channel.pk}",
        "signed": f"team-{team.pk}",
        "day": "2030-05-01",
        "soon": (clock.now() + timedelta(days=9)).isoformat(),
        "policy": policy.pk,
        **_reports(library),
        **_joined(ticket, agent),
        **_program(chat, said.thread, olmo),
        "admin_pk": admin.pk,
        "clock": Clock.objects.filter(ticket=ticket).latest("pk").pk,
        "article": words.article_id,
        "missed": MissedSearch.objects.create(body=olmo, language="es", folded="perro", text="perro").pk,
        "voice": give_feedback(words, is_useful=False, said="X").pk,
        "kb_file": kb_file.public_id,
        "article_slug": words.slug,
        "category": "shelf",
        "category_pk": category.pk,
        "team": team.slug,
        "team_pk": team.pk,
        "tag": tag.key,
        "tag_pk": tag.pk,
        **_own(agent, library, ticket),
        "channel": channel.slug,
        "channel_key": channel.key,
        "chat_key": chat.key,
        "chat_slug": chat.slug,
        "chatted": said.thread.ticket.public_id,
        "survey": ask(ticket, via="email").public_id,
        "call_key": call.key,
        "library": "library",
        "library_pk": library.pk,
        "card": ReferralCard.objects.create(office=library, name="Maps", phone="1").pk,
        "olmo_pk": olmo.pk,
        "colleague": agent.pk,
        "membership": agent.memberships.get().pk,
        "agent_role": agent.memberships.get().role_id,
        "token": ApiToken.objects.get(user=agent).pk,
        "magic": link,
        "foreign_ticket": foreign_ticket.public_id,
        "foreign_message": foreign_ticket.messages.first().public_id,
        "foreign_person": foreign_person.public_id,
        "foreign_team": foreign_team.slug,
        "foreign_team_pk": foreign_team.pk,
        "foreign_tag": foreign_tag.key,
        "foreign_user": world.users["other_admin"].pk,
        "foreign_office_pk": roble.pk,
        "foreign_envelope": foreign_envelope.public_id,
    }


def _own(agent: User, library: Any, ticket: Ticket) -> dict[str, Any]:
    """What the agent has made for themselves or is shared with the library."""
    own = Macro.objects.create(owner=agent, name="Mine", texts={"es": "Hola"})
    shared = Macro.objects.create(office=library, name="Shared", acts=["priority:3"])
    job = begin(agent, [ticket.pk], doing=["priority:2"], label="Before")
    view = SavedView.objects.create(owner=agent, name="Mine", conditions={"priority": ["4"]})
    common = SavedView.objects.create(office=library, name="Common", conditions={"late": ["yes"]})
    rule = Rule.objects.create(office=library, name="Rule", acts=["priority:3"], is_active=False)
    return {
        "rule": rule.pk,
        "own_view": view.public_id,
        "view": common.public_id,
        "common_view": f"v-{common.public_id}",
        "own_macro": own.public_id,
        "macro": shared.public_id,
        "job": job.public_id,
        "shared_place": f"office-{library.pk}",
    }


def _reports(office: Any) -> dict[str, Any]:
    day = clock.now().date()
    figure = OutsideFigure.objects.create(office=office, month=day, channel="Web", figure=12)
    replay = Replay.objects.create(office=office, name="If so", first=day, last=day, is_wall_clock=True)
    schedule = Schedule.objects.create(office=office, name="Monthly", every="month", next_at=clock.now())
    return {"outside_figure": figure.pk, "replay": replay.pk, "schedule": schedule.pk}


def _joined(ticket: Ticket, agent: User) -> dict[str, Any]:
    """Another ticket of the same person, and one that was merged into it."""
    beside, merged = (
        TicketFactory(office=ticket.office, requester=ticket.requester, subject=word) for word in ("Beside", "Merged")
    )
    services.merge(merged, into=beside, actor=agent)
    later = services.add_message(ticket, author=ticket.requester, text="And the hall?", via="portal")
    return {"beside": beside.public_id, "merged": merged.public_id, "later_message": later.public_id}


def _program(chat: Channel, thread: Any, body: Any) -> dict[str, Any]:
    """A program with a question it could not answer, and a training that is ready."""
    bot = Bot.objects.create(channel=chat)
    talk = Conversation.objects.create(bot=bot, thread=thread, ticket=thread.ticket, holder="person")
    missed = Question.objects.create(conversation=talk, body=body, language="es", text="¿?", outcome="missed")
    training = Training.objects.create(body=body, number=1, stage="ready")
    return {"bot_question": missed.pk, "bot_training": training.pk}


def _attach(message: Message) -> str:
    from apps.tickets.files import attach

    attach(message, keep([NewFile("a.png", PNG, "image/png")]))
    return message.attachments.get().public_id


def _attach_document(message: Message) -> str:
    from fpdf import FPDF

    from apps.tickets.files import attach

    document = FPDF()
    document.add_page()
    attach(message, keep([NewFile("a.pdf", bytes(document.output()), "application/pdf")]))
    return message.attachments.get(name="a.pdf").public_id


def _device(person: Person, address: str) -> str:
    secret = secrets.token_urlsafe(32)
    Device.objects.create(
        person=person, address=address, digest=crypto.digest(secret), expires_at=clock.now() + timedelta(days=1)
    )
    return secret
