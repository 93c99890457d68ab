"""The fixed cast for outside checkers: two bodies with a wall between them, and keys that are known. Tests only."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.accounts.models import ApiToken, Membership, Office, Role, Team, User
from apps.accounts.services import ensure_roles
from apps.core import clock, crypto
from apps.omnichannel.models import Channel
from apps.people.models import Organisation, Person
from apps.people.services import identify
from apps.portal.models import Device, MagicLink
from apps.portal.offices import base_url
from apps.portal.pages import COOKIE
from apps.tickets import services as tickets
from apps.tickets.models import Ticket

PASSWORD = "acudo-check-cast"  # noqa: S105  for people who do not exist, in a mode production refuses
SEED = "the fixed cast of outside checks"
LIVES = timedelta(days=30)


class Refused(Exception):
    """The test flag is not set."""


@dataclass(frozen=True)
class Part:
    name: str
    address: str
    role: str
    bodies: tuple[str, ...]


BODIES = {"check-olmo": "Olmo", "check-roble": "Roble"}
STAFF = {
    "agent": Part("Ana Agente", "agent@check-olmo.example", "agent", ("check-olmo",)),
    "observer": Part("Oto Lector", "observer@check-olmo.example", "observer", ("check-olmo",)),
    "body_admin": Part("Berta Jefa", "admin@check-olmo.example", "admin", ("check-olmo",)),
    "other_agent": Part("Omar Agente", "agent@check-roble.example", "agent", ("check-roble",)),
    "other_body_admin": Part("Olga Jefa", "admin@check-roble.example", "admin", ("check-roble",)),
    "admin": Part("Adela Todas", "admin@check.example", "admin", ("check-olmo", "check-roble")),
}
CUSTOMERS = {
    "check-olmo": {"rosa": "Rosa Díaz", "leo": "Leo Paz"},
    "check-roble": {"ines": "Inés Mar", "hugo": "Hugo Sol"},
}
ORGANISATION = {"body": "check-olmo", "name": "Escuela Número 7", "members": ("rosa", "leo")}


@transaction.atomic
def build() -> dict[str, Any]:
    """Make the cast, or mend it; what it says is the same each time. Raises Refused without ACUDO_TEST_SEED=1."""
    if not settings.ACUDO_TEST_SEED:
        raise Refused("seed_check makes keys that everybody knows: it runs only with ACUDO_TEST_SEED=1.")
    roles = ensure_roles()
    offices = {slug: _body(slug, name) for slug, name in BODIES.items()}
    organisation, _made = Organisation.objects.get_or_create(
        body=offices[ORGANISATION["body"]],
        name=ORGANISATION["name"],  # type: ignore[index]
    )
    customers = [
        _customer(offices[body], key, name, organisation)
        for body, people in CUSTOMERS.items()
        for key, name in people.items()
    ]
    return {
        "base_url": settings.ACUDO_BASE_URL,
        # The portal serves one body a host; with this setting it serves both.
        "portal_setting": "ACUDO_PORTAL_OFFICE=localhost=check-olmo,127.0.0.1=check-roble",
        "bodies": [_body_line(office) for office in offices.values()],
        "staff": [_colleague(key, part, offices, roles) for key, part in STAFF.items()],
        "customers": customers,
        "organisation": {
            **ORGANISATION,
            "members": [c["id"] for c in customers if c["key"] in ORGANISATION["members"]],
        },
    }


def fixed_token(name: str) -> str:
    """43 characters that follow from the name alone."""
    digest = hashlib.sha256(f"{SEED}:{name}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _body(slug: str, name: str) -> Office:
    office, _made = Office.objects.get_or_create(
        slug=slug, defaults={"name": name, "languages": ["es", "en"], "email": f"desk@{slug}.example"}
    )
    team, _made = Team.objects.get_or_create(slug=f"{slug}-team", defaults={"name": f"{name} 1", "office": office})
    for kind, address in (("email", f"desk@{slug}.example"), ("webchat", "")):
        Channel.objects.get_or_create(
            slug=f"{slug}-{kind}",
            defaults={"kind": kind, "office": office, "team": team, "name": f"{name} {kind}", "address": address},
        )
    return office


def _body_line(office: Office) -> dict[str, Any]:
    doors = {row.kind: row for row in Channel.objects.filter(office=office)}
    return {
        "slug": office.slug,
        "name": office.name,
        "team": f"{office.slug}-team",
        "portal": f"{base_url(office)}/es/",
        "channels": {
            kind: {"slug": row.slug, "key": row.key, "address": row.address} for kind, row in sorted(doors.items())
        },
    }


def _colleague(key: str, part: Part, offices: dict[str, Office], roles: dict[str, Role]) -> dict[str, Any]:
    user = User.objects.filter(email=part.address).first() or User(email=part.address)
    user.full_name, user.is_active = part.name, True
    if not user.check_password(PASSWORD):
        user.set_password(PASSWORD)
    user.save()
    tokens = {}
    for slug in part.bodies:
        Membership.objects.get_or_create(user=user, office=offices[slug], role=roles[part.role])
        tokens[slug] = _key(user, offices[slug], roles[part.role], f"{key}@{slug}")
    if part.role == "agent":
        Team.objects.get(slug=f"{part.bodies[0]}-team").members.add(user)
    return {
        "key": key,
        "id": user.pk,
        "name": part.name,
        "email": part.address,
        "password": PASSWORD,
        "role": part.role,
        "bodies": list(part.bodies),
        "tokens": tokens,
    }


def _key(user: User, office: Office, role: Role, name: str) -> str:
    text = f"acudo_{fixed_token(f'api:{name}')}"
    ApiToken.objects.update_or_create(
        digest=crypto.digest(text),
        defaults={
            "user": user,
            "office": office,
            "role": role,
            "name": "seed_check",
            "prefix": text[:10],
            "expires_at": clock.now() + LIVES,
            "revoked_at": None,
        },
    )
    return text


def _customer(body: Office, key: str, name: str, organisation: Organisation) -> dict[str, Any]:
    address = f"{key}@people.example"
    person = identify(body, kind="email", handle=address, name=name, language="es", is_verified=True)
    if key in ORGANISATION["members"]:
        person.organisation = organisation
        person.save(update_fields=["organisation"])
    ticket = Ticket.objects.filter(requester=person, via="portal").order_by("pk").first()
    if ticket is None:
        ticket = tickets.open_ticket(
            body, requester=person, subject=f"Consulta de {name}", text="¿Cuándo abren?", via="portal"
        )
    return {
        "key": key,
        "id": person.public_id,
        "body": body.slug,
        "name": name,
        "email": address,
        "ticket": {"id": ticket.public_id, "reference": ticket.reference},
        "portal_link": _link(body, person, address),
        "portal_cookie": {COOKIE: _device(person, address)},
    }


def _link(body: Office, person: Person, address: str) -> str:
    """A letter's link, as if just sent; used up by its first use, alive again after the next run."""
    token, moment = fixed_token(f"link:{body.slug}:{address}"), clock.now()
    fresh = {"expires_at": moment + LIVES, "used_at": None, "sent_at": moment, "next_at": None, "tries": 0}
    kept = {"office": body, "who": address, "address": address, "language": "es", "person": person}
    MagicLink.objects.update_or_create(token_digest=crypto.digest(token), defaults={**fresh, **kept})
    return f"{base_url(body)}/es/m/{token}/"


def _device(person: Person, address: str) -> str:
    """The cookie of a browser that proved this address."""
    secret = fixed_token(f"device:{person.body.slug}:{address}")
    alive = {"person": person, "address": address, "expires_at": clock.now() + LIVES, "revoked_at": None}
    Device.objects.update_or_create(digest=crypto.digest(secret), defaults=alive)
    return secret
