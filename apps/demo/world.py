"""The town of Olmo: its house, its people, its doors, its hours and promises. Safe to build twice."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from apps.accounts.models import Membership, Office, Role, Team, User
from apps.accounts.services import ensure_roles
from apps.catalogue.models import Service
from apps.hours import services as hours
from apps.omnichannel.models import Channel
from apps.sla.models import Policy, Target
from apps.tickets.models import Tag

PASSWORD = "olmo-demo"  # noqa: S105  printed at the start, for a town that does not exist

STAFF = [
    # name, address, role, office, language, teams
    ("Sol Medina", "sol@olmo.example", "admin", "olmo", "es", ()),
    (
        "Eva Conti",
        "eva@olmo.example",
        "supervisor",
        "olmo",
        "es",
        ("referencia", "circulacion", "tramites", "reclamos"),
    ),
    ("Ana Ruiz", "ana@olmo.example", "agent", "biblioteca", "es", ("referencia", "circulacion")),
    ("Luis Prado", "luis@olmo.example", "agent", "biblioteca", "es", ("circulacion",)),
    ("Marta Gil", "marta@olmo.example", "agent", "atencion", "es", ("tramites", "reclamos")),
    ("Dino Ferri", "dino@olmo.example", "agent", "atencion", "en", ("tramites",)),
    ("Lía Rey", "lia@olmo.example", "editor", "olmo", "es", ()),
    ("Teo Rivas", "teo@olmo.example", "observer", "olmo", "es", ()),
]

TEAMS = [
    ("referencia", "biblioteca", "Referencia"),
    ("circulacion", "biblioteca", "Circulación"),
    ("tramites", "atencion", "Trámites"),
    ("reclamos", "atencion", "Reclamos"),
]

SERVICES = [
    # key, office, team, es, en, it
    ("prestamos", "biblioteca", "circulacion", "Préstamos y renovaciones", "Loans and renewals", "Prestiti e rinnovi"),
    ("carnet", "biblioteca", "circulacion", "Carnet de la biblioteca", "Library card", "Tessera della biblioteca"),
    ("digital", "biblioteca", "circulacion", "Libros digitales", "Digital books", "Libri digitali"),
    (
        "consulta",
        "biblioteca",
        "referencia",
        "Consulta de referencia",
        "Reference question",
        "Domanda di consultazione",
    ),
    ("sala", "biblioteca", "referencia", "Reserva de salas", "Room booking", "Prenotazione sale"),
    ("partidas", "atencion", "tramites", "Partidas y certificados", "Certificates", "Certificati"),
    ("licencias", "atencion", "tramites", "Licencia de conducir", "Driving licence", "Patente di guida"),
    ("tributos", "atencion", "tramites", "Tasas y tributos", "Rates and taxes", "Tasse e tributi"),
    ("ayudas", "atencion", "tramites", "Ayudas y descuentos", "Help and discounts", "Aiuti e sconti"),
    ("alumbrado", "atencion", "reclamos", "Alumbrado", "Street lights", "Illuminazione"),
    ("calles", "atencion", "reclamos", "Calles y veredas", "Streets and pavements", "Strade e marciapiedi"),
    ("residuos", "atencion", "reclamos", "Residuos", "Waste", "Rifiuti"),
    ("ruido", "atencion", "reclamos", "Ruidos molestos", "Noise", "Rumori"),
    ("arboles", "atencion", "reclamos", "Árboles", "Trees", "Alberi"),
]

TAGS = {
    "answered": ("contestado", "answered", "risposto"),
    "prestamos": ("préstamos", "loans", "prestiti"),
    "multa": ("multa", "fine", "multa"),
    "carnet": ("carnet", "card", "tessera"),
    "referencia": ("referencia", "reference", "consultazione"),
    "fotos": ("fotos", "photos", "foto"),
    "sala": ("sala", "room", "sala"),
    "horarios": ("horarios", "hours", "orari"),
    "digital": ("digital", "digital", "digitale"),
    "partidas": ("partidas", "certificates", "certificati"),
    "licencias": ("licencias", "licences", "patenti"),
    "tributos": ("tributos", "taxes", "tributi"),
    "ayudas": ("ayudas", "help", "aiuti"),
    "alumbrado": ("alumbrado", "lights", "luci"),
    "calles": ("calles", "streets", "strade"),
    "residuos": ("residuos", "waste", "rifiuti"),
    "ruido": ("ruido", "noise", "rumore"),
    "arboles": ("árboles", "trees", "alberi"),
}

OFFICES = [
    # slug, parent, name, phone, email, address, term
    ("olmo", None, "Municipio de Olmo", "2400 0000", "hola@olmo.example", "Plaza Vieja 1", "person"),
    (
        "biblioteca",
        "olmo",
        "Biblioteca Olmo",
        "2400 0110",
        "biblioteca@olmo.example",
        "Avenida de los Olmos 24",
        "reader",
    ),
    ("atencion", "olmo", "Oficina de Atención", "2400 0120", "atencion@olmo.example", "Plaza Vieja 3", "citizen"),
]

FACEBOOK_KEY = "c_demofacebookpage"  # so that the stand-in knows where to bring what happens there
BIBLIOTECA = "biblioteca@olmo.example"
CHANNELS = [
    # slug, kind, office, team, name, address, settings
    ("biblioteca-correo", "email", "biblioteca", "referencia", "Correo de la biblioteca", BIBLIOTECA, {}),
    ("atencion-correo", "email", "atencion", "tramites", "Correo de atención", "atencion@olmo.example", {}),
    ("biblioteca-chat", "webchat", "biblioteca", "referencia", "Chat de la biblioteca", "", {}),
    ("atencion-chat", "webchat", "atencion", "reclamos", "Chat de atención", "", {}),
    ("biblioteca-telefono", "calls", "biblioteca", None, "Teléfono de la biblioteca", "+598 2400 0110",
     {"link": "tel", "labels": {"es": "Llamar a la biblioteca", "en": "Call the library",
                                "it": "Chiamare la biblioteca", "pt": "Ligar para a biblioteca"}}),
    ("atencion-video", "calls", "atencion", None, "Videollamada con atención", "https://video.olmo.example/atencion",
     {"link": "jitsi", "labels": {"es": "Videollamada", "en": "Video call", "it": "Videochiamata",
                                  "pt": "Videochamada"}}),
]  # fmt: skip


FIRST_DAY = date(2020, 1, 1)
WORKDAY = [(8 * 60, 13 * 60 + 30), (13 * 60 + 30, 19 * 60)]

POLICIES: list[tuple[str, dict[str, list[Any]], list[tuple[str, int | None, int]]]] = [
    # name, conditions, (metric, priority or any, minutes)
    (
        "Chat",
        {"via": ["webchat"]},
        [("first_response", None, 2), ("next_response", None, 5), ("resolution", None, 11 * 60)],
    ),
    (
        "General",
        {},
        [
            ("first_response", 4, 60),
            ("first_response", 3, 120),
            ("first_response", None, 240),
            ("next_response", 4, 120),
            ("next_response", None, 480),
            ("resolution", 4, 8 * 60),
            ("resolution", None, 33 * 60),
        ],
    ),
]


@dataclass
class World:
    offices: dict[str, Office] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)


@transaction.atomic
def build() -> World:
    """Everything but the tickets. What is there already is left as somebody may have changed it."""
    world = World()
    ensure_roles()
    for slug, parent, name, phone, email, address, term in OFFICES:
        world.offices[slug], _made = Office.objects.get_or_create(
            slug=slug,
            defaults={
                "parent": world.offices.get(parent or ""),
                "name": name,
                "phone": phone,
                "email": email,
                "address": address,
                "term_person": term,
                "languages": ["es", "en", "it", "pt"],
            },
        )
    _open_doors(world)
    for slug, office, name in TEAMS:
        world.teams[slug], _made = Team.objects.get_or_create(
            slug=slug, defaults={"office": world.offices[office], "name": name}
        )
    _hire(world)
    for position, (key, office, team, es, en, it) in enumerate(SERVICES):
        world.services[key], _made = Service.objects.get_or_create(
            office=world.offices[office],
            key=key,
            defaults={"team": world.teams[team], "names": {"es": es, "en": en, "it": it}, "position": position},
        )
    for key, (es, en, it) in TAGS.items():
        Tag.objects.get_or_create(
            body=world.offices["olmo"], key=key, defaults={"names": {"es": es, "en": en, "it": it}}
        )
    for slug, kind, office, team, name, address, settings in CHANNELS:
        world.channels[slug], _made = Channel.objects.get_or_create(
            slug=slug,
            defaults={
                "kind": kind,
                "office": world.offices[office],
                "team": world.teams.get(team or ""),
                "name": name,
                "address": address,
                "settings": _channel_settings(kind, settings),
            },
        )
    _connect_page(world)
    _promise(world)
    return world


def _connect_page(world: World) -> None:
    """The town's page, where the stand-in for Facebook runs: without it nobody would be there."""
    from django.conf import settings

    from apps.demo.graph.world import APP, PAGE, SECRET, TOKEN, WORD

    if settings.ACUDO_GRAPH_URL:
        world.channels["pagina"], _made = Channel.objects.get_or_create(
            slug="pagina",
            defaults={
                "key": FACEBOOK_KEY,
                "kind": "facebook",
                "office": world.offices["atencion"],
                "team": world.teams["tramites"],
                "name": "Página de Olmo",
                "address": PAGE,
                "settings": {"app_id": str(APP), "graph_base": settings.ACUDO_GRAPH_URL},
                "secrets": {"app_secret": SECRET, "page_token": TOKEN, "verify_token": WORD},
            },
        )


def _open_doors(world: World) -> None:
    """Two stretches a day, morning and afternoon; the library on Saturdays too; Christmas Eve until noon."""
    for slug in ("biblioteca", "atencion"):
        office = world.offices[slug]
        if office.calendar_id:
            continue
        calendar = hours.create_calendar(office, name=office.name, slug=slug, time_zone=office.time_zone, actor=None)
        hours.set_details(calendar, name=office.name, time_zone=office.time_zone, holiday_country="UY", actor=None)
        saturday = [(9 * 60, 12 * 60)] if slug == "biblioteca" else []
        hours.set_week(calendar, valid_from=FIRST_DAY, week=[*[WORKDAY] * 5, saturday, []], actor=None)
        eve = FIRST_DAY.replace(month=12, day=24)
        hours.set_special_day(
            calendar, on=eve, label="Nochebuena", spans=[(8 * 60, 12 * 60)], every_year=True, actor=None
        )
        office.calendar = calendar
        office.save(update_fields=["calendar"])
    world.offices["olmo"].refresh_from_db()
    if world.offices["olmo"].calendar_id is None:
        world.offices["olmo"].calendar = world.offices["atencion"].calendar
        world.offices["olmo"].save(update_fields=["calendar"])


def _promise(world: World) -> None:
    """Chat within a minute; the rest by priority, in working time."""
    for slug in ("biblioteca", "atencion"):
        office = world.offices[slug]
        for position, (name, conditions, targets) in enumerate(POLICIES):
            policy, made = Policy.objects.get_or_create(
                office=office,
                name=name,
                defaults={
                    "position": position,
                    "calendar": office.calendar,
                    "conditions": conditions,
                    "goal_percent": 90,
                },
            )
            if made:
                Target.objects.bulk_create(
                    Target(policy=policy, metric=metric, priority=priority, seconds=minutes * 60)
                    for metric, priority, minutes in targets
                )


def _hire(world: World) -> None:
    roles = {role.key: role for role in Role.objects.all()}
    for name, email, role, office, language, teams in STAFF:
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, PASSWORD, full_name=name, language=language)
        Membership.objects.get_or_create(user=user, office=world.offices[office], role=roles[role])
        for team in teams:
            world.teams[team].members.add(user)
        world.users[email.split("@")[0]] = user


def _channel_settings(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    from django.conf import settings

    if kind == "webchat":
        return {"allowed_domains": [settings.ACUDO_DEMO_URL]}
    return given
