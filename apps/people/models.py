"""The people who write to us."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.ids import public_id
from apps.core.models import TimeStamped

if TYPE_CHECKING:
    from apps.accounts.viewers import Viewer


class Organisation(TimeStamped):
    """A customers' organisation: a school, a company, another body."""

    body = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="organisations")
    name = models.CharField(_("name"), max_length=160)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["body", "name"], name="one_organisation_a_body")]

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, viewer: "Viewer") -> "PersonQuerySet":
        """Staff see the people of their bodies; a person sees themselves."""
        if viewer.is_staff:
            bodies = {viewer.bodies[office] for office in viewer.offices_with("person.view")}
            return self.filter(body_id__in=bodies)
        if viewer.person_id:
            return self.filter(pk=viewer.person_id)
        return self.none()

    def named_like(self, text: str) -> "PersonQuerySet":
        return self.filter(
            models.Q(full_name__icontains=text) | models.Q(identities__handle__icontains=text.lower())
        ).distinct()

    def with_identity(self, kind: str, handle: str) -> "PersonQuerySet":
        return self.filter(identities__kind=kind, identities__handle=handle)


class Person(TimeStamped):
    """Somebody who asks for help. Belongs to one body; no other body knows them (S-33)."""

    public_id = models.CharField(max_length=22, unique=True, default=public_id, editable=False)
    body = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="people")
    full_name = models.CharField(_("full name"), max_length=160, blank=True)
    language = models.CharField(max_length=5, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="people"
    )
    notes = models.TextField(_("notes"), blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["full_name", "pk"]
        # The people list pages by name within a body.
        indexes = [models.Index(fields=["body", "full_name", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return self.full_name or str(_("Somebody"))

    def handle(self, kind: str) -> str:
        """Their address on one kind of channel, or ''; reads prefetched identities when they are there."""
        return next((row.handle for row in self.identities.all() if row.kind == kind), "")


class Identity(TimeStamped):
    """One handle of a person: ("email", "ana@example.org")."""

    body = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=20)
    handle = models.CharField(max_length=254)
    is_verified = models.BooleanField(default=False)
    unreachable_since = models.DateTimeField(null=True, blank=True, help_text="what we send there comes back")
    unreachable_reason = models.CharField(max_length=300, blank=True)
    soft_failures = models.PositiveSmallIntegerField(default=0, help_text="passing failures since `soft_since`")
    soft_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["body", "kind", "handle"], name="one_person_a_handle")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.handle}"
