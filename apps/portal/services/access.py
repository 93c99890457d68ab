"""Coming back in: a letter to the address we know, with a link to press and a code to type."""

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Office
from apps.accounts.viewers import for_person
from apps.core import clock, crypto
from apps.core.queue import nudge
from apps.people.models import Identity, Person
from apps.people.services import normal_handle
from apps.portal import letters, signing
from apps.portal.models import Device, MagicLink
from apps.tickets.models import Ticket

log = logging.getLogger(__name__)

LINK_LIVES = timedelta(minutes=30)
CODE_LIVES = timedelta(minutes=15)
MOST_TRIES = 5
DEVICE_LIVES = timedelta(days=30)
SHARED_DEVICE_LIVES = timedelta(hours=8)
LEASE = timedelta(minutes=1)
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Entered:
    """The device's row, and what its cookie must say: known only here and now."""

    device: Device
    secret: str


def ask_for_link(office: Office, *, who: str, language: str) -> MagicLink:
    """Write down the wish. Whether anybody is known by that name is found out later, by nobody's clock (S-37)."""
    with transaction.atomic():
        link = MagicLink.objects.create(office=office, who=who, language=language)
        nudge(_task(), link.pk)
    return link


def send_link(link_id: int) -> None:
    """Send the letter that is due, if we know the address and something was asked from it.

    Safe to run twice: the row is leased, and a second letter makes the first one's link worthless.
    """
    link = _claim(link_id)
    if link is None:
        return
    person, address = _known(link)
    if person is None:
        _finish(link, next_at=None)
        return
    token, code, moment = signing.new_token(), signing.new_code(), clock.now()
    MagicLink.objects.filter(pk=link.pk).update(
        person=person,
        address=address,
        token_digest=crypto.digest(token),
        code_digest=signing.sign_code(link.public_id, code),
        expires_at=moment + LINK_LIVES,
        code_expires_at=moment + CODE_LIVES,
    )
    try:
        letters.send_link(link.office, address=address, token=token, code=code, language=link.language)
    except Exception:
        log.warning("letter with a link not sent, try %s", link.attempts, exc_info=True)
        later = moment + timedelta(seconds=15 * 2**link.attempts)
        _finish(link, next_at=later if link.attempts < MOST_ATTEMPTS else None)
    else:
        _finish(link, next_at=None, sent_at=clock.now())


def link_for_token(token: str) -> MagicLink | None:
    """The row behind a link, dead or alive; changes nothing."""
    digest = signing.digest_of(token)
    return MagicLink.objects.filter(token_digest=digest).first() if digest else None


def is_alive(link: MagicLink) -> bool:
    return (
        bool(link.person_id)
        and link.used_at is None
        and link.expires_at is not None
        and (link.expires_at > clock.now())
    )


def enter_with_link(token: str, *, is_shared: bool) -> Entered | None:
    """Use the link up and open this device; None when it is not, or no longer, worth anything."""
    found = link_for_token(token)
    if found is None:
        return None
    with transaction.atomic():
        link = MagicLink.objects.select_for_update().get(pk=found.pk)
        return _open_device(link, is_shared) if is_alive(link) else None


def enter_with_code(link_id: str, code: str, *, is_shared: bool) -> Entered | None:
    """The same by the six figures, on the device that asked; five tries, then another letter (S-36, S-39)."""
    with transaction.atomic():
        link = MagicLink.objects.select_for_update().filter(public_id=link_id).first()
        if link is None or link.tries >= MOST_TRIES:
            return None
        MagicLink.objects.filter(pk=link.pk).update(tries=F("tries") + 1)
        is_right = signing.is_code(link.public_id, signing.plain_code(code), link.code_digest)
        is_in_time = link.code_expires_at is not None and link.code_expires_at > clock.now()
        return _open_device(link, is_shared) if is_right and is_in_time and is_alive(link) else None


def tries_left(link: MagicLink) -> int:
    tried = MagicLink.objects.values_list("tries", flat=True).get(pk=link.pk)
    return max(0, MOST_TRIES - tried)


def device_with(secret: str, *, body_id: int) -> Device | None:
    """Whose device is this? One query; None for another body's person."""
    digest = signing.digest_of(secret)
    if digest is None:
        return None
    return Device.objects.open().filter(digest=digest, person__body_id=body_id).select_related("person").first()


def leave(device: Device) -> None:
    Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=clock.now())


def leave_everywhere(person: Person) -> int:
    """Returns how many devices were open."""
    return Device.objects.open().filter(person=person).update(revoked_at=clock.now())


def _open_device(link: MagicLink, is_shared: bool) -> Entered:
    moment = clock.now()
    MagicLink.objects.filter(pk=link.pk).update(used_at=moment)
    # The letter was sent to this address and somebody read it there: that is the proof S-07 asks for.
    Identity.objects.filter(person=link.person_id, kind="email", handle=link.address).update(is_verified=True)
    secret = secrets.token_urlsafe(32)
    device = Device.objects.create(
        person_id=link.person_id,
        address=link.address,
        digest=crypto.digest(secret),
        is_shared=is_shared,
        expires_at=moment + (SHARED_DEVICE_LIVES if is_shared else DEVICE_LIVES),
    )
    return Entered(device, secret)


@transaction.atomic
def _claim(link_id: int) -> MagicLink | None:
    moment = clock.now()
    link = (
        MagicLink.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("office")
        .filter(pk=link_id, next_at__lte=moment)
        .first()
    )
    if link is None:
        return None
    link.attempts += 1
    is_too_late = moment - link.created_at > LINK_LIVES
    link.next_at = None if is_too_late else moment + LEASE
    link.save(update_fields=["attempts", "next_at"])
    return None if is_too_late else link


def _known(link: MagicLink) -> tuple[Person | None, str]:
    """Who that is and where the letter goes: only to an address on our record, never to a typed one."""
    people = Person.objects.filter(body_id=link.office.body_id)
    if link.who.startswith("#"):
        number = int(link.who[1:])
        person = people.filter(tickets__pk=number).prefetch_related("identities").first()
        address = person.handle("email") if person else ""
    else:
        address = normal_handle("email", link.who)
        person = people.with_identity("email", address).first()
    if person is None or not address or not Ticket.objects.visible_to(for_person(person)).exists():
        return None, ""
    return person, address


def _finish(link: MagicLink, **changes: object) -> None:
    MagicLink.objects.filter(pk=link.pk).update(**changes)


def _task() -> object:
    from apps.portal.tasks import send_link as task

    return task
