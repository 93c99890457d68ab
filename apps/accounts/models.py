"""The people who work here, and the house they work in."""

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.core import clock, crypto
from apps.core.models import TimeStamped
from apps.core.translated import TranslatedText

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer

TERMS = {"person": _("person"), "citizen": _("citizen"), "reader": _("reader")}


class OfficeQuerySet(models.QuerySet["Office"]):
    def visible_to(self, viewer: "Viewer") -> "OfficeQuerySet":
        """Where the viewer works, and all below."""
        return self.filter(pk__in=list(viewer.bodies)) if viewer.is_staff else self.none()

    def where(self, viewer: "Viewer", verb: str) -> "OfficeQuerySet":
        """Those in which the viewer may do `verb`."""
        return self.filter(pk__in=viewer.offices_with(verb))


class Office(TimeStamped):
    """A branch, unit or body. The topmost one is the body, and the body is the wall (SECURITY S-33)."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    body = models.ForeignKey("self", null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=200, editable=False, db_index=True, help_text="/1/4/9/ from the body down")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    languages = models.JSONField(default=list, help_text="codes citizens may choose, first shown first")
    default_language = models.CharField(max_length=5, default="es")
    time_zone = models.CharField(max_length=60, default="America/Montevideo")
    calendar = models.ForeignKey(
        "hours.Calendar", null=True, blank=True, on_delete=models.SET_NULL, related_name="offices_using"
    )
    accent = models.CharField(max_length=7, blank=True, help_text="#rrggbb")
    term_person = models.CharField(max_length=10, choices=list(TERMS.items()), default="person")
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    map_url = models.URLField(blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        is_new = self.pk is None
        super().save(*args, **kwargs)
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        body_id = self.parent.body_id if self.parent else self.pk
        if is_new or path != self.path or body_id != self.body_id:
            self.path, self.body_id = path, body_id
            Office.objects.filter(pk=self.pk).update(path=path, body_id=body_id)

    @property
    def is_body(self) -> bool:
        return self.parent_id is None

    @property
    def above(self) -> list[int]:
        """Its own id and those of all offices above it."""
        return [int(pk) for pk in self.path.split("/") if pk]


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def working_in(self, office_ids: Any) -> "UserQuerySet":
        return self.filter(memberships__office_id__in=office_ids).distinct()

    def who_may(self, verb: str, office_ids: Any) -> "UserQuerySet":
        """Those whose role in one of these offices grants `verb`: two queries."""
        roles = Role.objects.granting(verb)
        return self.filter(memberships__office_id__in=office_ids, memberships__role_id__in=roles).distinct()

    def visible_to(self, viewer: "Viewer") -> "UserQuerySet":
        """Colleagues: everybody with work in a body in which the viewer works (S-33)."""
        if not viewer.is_staff:
            return self.none()
        working = Membership.objects.filter(office__body_id__in=viewer.body_ids).values("user_id")
        return self.filter(models.Q(pk__in=working) | models.Q(pk=viewer.user_id))


class UserObjects(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works here. What a user may do hangs on memberships, not on this row."""

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=120)
    language = models.CharField(max_length=5, default="es", choices=settings.LANGUAGES)
    theme = models.CharField(max_length=6, default="system", choices=[(t, t) for t in ("system", "light", "dark")])
    density = models.CharField(
        max_length=11, default="comfortable", choices=[(d, d) for d in ("comfortable", "compact")]
    )
    shortcuts_on = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="may open the repair pages of the operator")
    joined_at = models.DateTimeField(default=clock.now, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False, help_text="one more ends every session")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserObjects()

    class Meta:
        ordering = ["full_name"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def first_name(self) -> str:
        return self.full_name.split(" ", 1)[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session lives as long as the password and the epoch under which it began (S-40)."""
        salt = "apps.accounts.models.User.session"
        return salted_hmac(salt, f"{self.session_epoch}:{self.password}", secret=secret, algorithm="sha256").hexdigest()


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, viewer: "Viewer") -> "TeamQuerySet":
        """The teams of the viewer's bodies: tickets are handed from office to office."""
        return self.filter(office__body_id__in=viewer.body_ids) if viewer.is_staff else self.none()


class Team(TimeStamped):
    """People of one office who share a queue."""

    class Party(models.TextChoices):
        """As what it works: whose time it is while a ticket is with this team."""

        DESK = "desk", _("The desk")
        SECOND = "second", _("Second level")
        SUPPLIER = "supplier", _("A supplier")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="teams")
    calendar = models.ForeignKey(
        "hours.Calendar", null=True, blank=True, on_delete=models.SET_NULL, related_name="teams_using"
    )
    party = models.CharField(_("works as"), max_length=8, choices=Party, default=Party.DESK, db_default=Party.DESK)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoleQuerySet(models.QuerySet["Role"]):
    def granting(self, verb: str) -> list[int]:
        """Ids, found in Python: not every database looks into a JSON list, and roles are few."""
        return [pk for pk, verbs in self.values_list("pk", "permissions") if verb in verbs]


class Role(TimeStamped):
    """A named set of permissions: rows, so that a body may cut its own."""

    key = models.SlugField(max_length=40, unique=True)
    name = TranslatedText()
    permissions = models.JSONField(default=list, help_text="verbs of permissions.VERBS")

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return str(self.name) or self.key


class Membership(TimeStamped):
    """This user has this role in this office and in every office below it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "office", "role"], name="one_membership")]

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.office}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> "ApiTokenQuerySet":
        return self.filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=clock.now()), revoked_at=None, user__is_active=True
        )


class ApiToken(TimeStamped):
    """A key for a machine: acts as its user, in one role and one office only (SECURITY S-42)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=10)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def issue(
        cls, *, user: User, office: Office, role: Role, name: str, expires_at: Any = None
    ) -> tuple["ApiToken", str]:
        """The row and, this one time, the token itself: 'acudo_' and 43 random characters."""
        text = f"acudo_{secrets.token_urlsafe(32)}"
        row = cls.objects.create(
            user=user,
            office=office,
            role=role,
            name=name,
            expires_at=expires_at,
            prefix=text[:10],
            digest=crypto.digest(text),
        )
        return row, text
