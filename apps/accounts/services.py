"""Who comes to work here, with which right, and how they come in."""

import re
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.accounts import events
from apps.accounts.models import ApiToken, Membership, Office, Role, Team, User
from apps.accounts.permissions import BUILT_IN, require
from apps.accounts.viewers import Viewer
from apps.activity.bus import SYSTEM, Actor, record
from apps.core import clock, live
from apps.core.errors import Invalid, NotAllowed

RESET, INVITATION = "reset", "invitation"
LINK_LIVES = {RESET: timedelta(minutes=60), INVITATION: timedelta(hours=72)}
LONGEST_LINK = 200
COLOUR = re.compile(r"#[0-9a-f]{6}")


def ensure_roles() -> dict[str, Role]:
    """The roles every installation starts with; a second run changes nothing that was changed by hand."""
    return {
        key: Role.objects.get_or_create(key=key, defaults={"name": names, "permissions": verbs})[0]
        for key, (names, verbs) in BUILT_IN.items()
    }


@transaction.atomic
def create_admin(*, email: str, full_name: str, password: str, office: Office) -> User:
    """The first administrator: may do everything in this body, and open the operator's repair pages (S-44).

    Raises Invalid when the password is weak. An address that is known already gets the role and the new password.
    """
    user = User.objects.filter(email=email.lower()).first() or User(email=email.lower(), full_name=full_name)
    _check_password(password, user)
    user.is_staff = user.is_superuser = user.is_active = True
    user.set_password(password)
    user.save()
    give_role(user, office=office, role=ensure_roles()["admin"], actor=SYSTEM)
    return user


@transaction.atomic
def invite(*, email: str, full_name: str, language: str, office: Office, role: Role, viewer: Viewer) -> User:
    """Somebody is to work in an office. Whether the address was known already changes nothing in the answer (S-37).

    Who calls this mails the link afterwards (`tasks.mail_invitation`).
    """
    _check_may_give(viewer, role, office)
    email = email.lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, full_name=full_name.strip(), language=language)
    give_role(user, office=office, role=role, actor=actor_of(viewer))
    return user


@transaction.atomic
def give_role(user: User, *, office: Office, role: Role, actor: Any) -> Membership:
    row, is_new = Membership.objects.get_or_create(user=user, office=office, role=role)
    if is_new:
        record(events.RoleGiven(user_id=user.pk, office_id=office.pk, role=role.key), Actor.of(actor))
        _end_sessions(user)
    return row


@transaction.atomic
def give_another_role(user: User, *, office: Office, role: Role, viewer: Viewer) -> Membership:
    """Raises NotAllowed for a role that can do more than the giver."""
    _check_may_give(viewer, role, office)
    return give_role(user, office=office, role=role, actor=actor_of(viewer))


@transaction.atomic
def take_role(membership: Membership, *, viewer: Viewer) -> None:
    _check_may_give(viewer, membership.role, membership.office)
    if membership.user_id == viewer.user_id:
        raise Invalid("yourself", _("You cannot take away your own role."))
    event = events.RoleTaken(user_id=membership.user_id, office_id=membership.office_id, role=membership.role.key)
    membership.delete()
    record(event, actor_of(viewer))
    _end_sessions(membership.user)


@transaction.atomic
def deactivate(user: User, *, viewer: Viewer) -> None:
    """Ends sessions, sockets and API tokens. Only where all of this person's work lies in the viewer's offices."""
    _check_wholly_ours(user, viewer)
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        record(events.UserDeactivated(user_id=user.pk), actor_of(viewer))
        _end_sessions(user)


@transaction.atomic
def activate(user: User, *, viewer: Viewer) -> None:
    _check_wholly_ours(user, viewer)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        record(events.UserActivated(user_id=user.pk), actor_of(viewer))


@transaction.atomic
def set_password(user: User, *, password: str) -> None:
    """Ends every session and socket of this person; the caller begins a new one where there is one (S-40).

    Raises Invalid when the password is weak.
    """
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(events.PasswordChanged(user_id=user.pk), Actor.of(user))
    _end_sessions(user)


@transaction.atomic
def end_sessions(user: User) -> None:
    record(events.SessionsEnded(user_id=user.pk), Actor.of(user))
    _end_sessions(user)


@transaction.atomic
def note_sign_in(user: User, *, address: str) -> None:
    record(events.SignedIn(user_id=user.pk, address=address), Actor.of(user))


def password_link(user: User, purpose: str) -> str:
    """What a letter carries: signed, for one purpose, dead after use, after a password change and after its time.

    It holds a digest of the address it is sent to, so that a changed address kills it (S-38).
    """
    return signing.dumps({"user": user.pk, "state": _state(user, purpose)}, salt=f"password.{purpose}")


def user_of_link(purpose: str, token: str) -> User | None:
    """None for whatever is not exactly a living link of that purpose (S-39)."""
    if purpose not in LINK_LIVES or not token or len(token) > LONGEST_LINK:
        return None
    try:
        said = signing.loads(token, salt=f"password.{purpose}", max_age=LINK_LIVES[purpose])
    except signing.BadSignature:
        return None
    user = User.objects.active().filter(pk=said["user"]).first()  # type: ignore[attr-defined]
    return user if user and constant_time_compare(said["state"], _state(user, purpose)) else None


@transaction.atomic
def issue_token(user: User, *, membership: Membership, name: str, days: int) -> tuple[ApiToken, str]:
    """A key for a machine, in one of the user's own roles and offices; the text is shown this one time (S-42)."""
    if membership.user_id != user.pk:
        raise NotAllowed("not_allowed", _("That role is not yours."))
    row, text = ApiToken.issue(
        user=user,
        office=membership.office,
        role=membership.role,
        name=name.strip(),
        expires_at=clock.now() + timedelta(days=days),
    )
    event = events.TokenIssued(user_id=user.pk, office_id=row.office_id, token_id=row.pk, role=membership.role.key)
    record(event, Actor.of(user))
    return row, text


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: User) -> None:
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        event = events.TokenRevoked(user_id=token.user_id, office_id=token.office_id, token_id=token.pk)
        record(event, Actor.of(actor))


def save_team(team: Team, *, members: Any, actor: Any) -> Team:
    """Only people who work in the team's body can be its members (S-33). Raises Invalid for another body's hours."""
    if team.calendar and team.calendar.office.body_id != team.office.body_id:
        raise Invalid("foreign_calendar", _("These opening hours belong to another body."), field="calendar")
    with transaction.atomic():
        if not team.slug:
            team.slug = free_slug(Team, team.name)
        team.save()
        ours = User.objects.filter(memberships__office__body_id=team.office.body_id, pk__in=members)
        team.members.set(ours.distinct())
        record(events.TeamSaved(team_id=team.pk, office_id=team.office_id, name=team.name), Actor.of(actor))
    return team


@transaction.atomic
def save_office(office: Office, *, actor: Any = None) -> Office:
    """Raises Invalid for a colour, a language or opening hours that cannot be used."""
    check_office(office)
    if not office.slug:
        office.slug = free_slug(Office, office.name)
    office.save()
    record(events.OfficeSaved(office_id=office.pk, name=office.name), Actor.of(actor))
    return office


def check_office(office: Office) -> None:
    """What must hold before it is saved; `detail["field"]` says where it does not."""
    if office.accent and not COLOUR.fullmatch(office.accent):
        raise Invalid("not_a_colour", _("A colour is # and six digits or letters from a to f."), field="accent")
    if not office.languages or office.default_language not in office.languages:
        sentence = _("Choose one of the languages people may choose.")
        raise Invalid("foreign_language", sentence, field="default_language")
    if office.calendar and office.calendar.office.body_id != office.body_id:
        raise Invalid("foreign_calendar", _("These opening hours belong to another body."), field="calendar")


def free_slug(model: Any, text: str) -> str:
    """A short name for addresses that nobody has yet."""
    stem = slugify(text)[:50] or "x"
    taken = set(model.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def grantable_roles(viewer: Viewer, office: Office) -> list[Role]:
    """Nobody gives more than they have."""
    own = viewer.grants.get(office.pk, frozenset())
    return [role for role in Role.objects.all() if set(role.permissions) <= own]


def actor_of(viewer: Viewer) -> Actor:
    return Actor(kind="user", id=viewer.user_id, label=viewer.label)


def _check_may_give(viewer: Viewer, role: Role, office: Office) -> None:
    require(viewer, "team.manage", office.pk)
    if not set(role.permissions) <= viewer.grants.get(office.pk, frozenset()):
        raise NotAllowed("more_than_own", _("You cannot give a role that may do more than yours."))


def _check_wholly_ours(user: User, viewer: Viewer) -> None:
    if user.pk == viewer.user_id:
        raise Invalid("yourself", _("You cannot deactivate yourself."))
    offices = set(user.memberships.values_list("office_id", flat=True))  # type: ignore[attr-defined]
    if user.is_superuser or not offices <= set(viewer.offices_with("team.manage")):
        raise NotAllowed("not_wholly_ours", _("This person also works where you decide nothing. Take away the role."))


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("weak_password", " ".join(error.messages), field="password") from error


def _end_sessions(user: User) -> None:
    """Sessions die because the hash they carry no longer fits; open sockets are told."""
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    live.tell(f"user.{user.pk}", {"type": "sessions.ended", "user": user.pk})


def _state(user: User, purpose: str) -> str:
    return salted_hmac(f"password.{purpose}", f"{user.email}:{user.password}:{user.last_login}").hexdigest()[:32]
