"""Which office does this page speak for?

ACUDO_PORTAL_OFFICE lists `host=slug` pairs and at most one slug alone, which serves every other host. Without it the
first body is served. What lies below the office belongs to its portal too.
"""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from django.conf import settings

from apps.accounts.hosts import host_slugs, office_slug_at
from apps.accounts.models import Office


class NoOffice(Exception):
    """Nothing is set up yet."""


@dataclass(frozen=True)
class Portal:
    """An office and those below it, from the top; calendars come with them."""

    office: Office
    offices: tuple[Office, ...]

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Those the office offers, as far as the installation speaks them."""
        known = [code for code, _name in settings.LANGUAGES]
        own = [code for code in self.office.languages if code in known]
        return tuple(own) or (self.default_language,)

    @cached_property
    def default_language(self) -> str:
        known = dict(settings.LANGUAGES)
        return self.office.default_language if self.office.default_language in known else settings.LANGUAGE_CODE

    @property
    def body_id(self) -> int:
        return self.office.body_id or self.office.pk


def portal_at(host: str) -> Portal:
    """The portal that answers at this host name. Two queries. Raises NoOffice."""
    slug = office_slug_at(host)
    offices = Office.objects.select_related("calendar")
    top = offices.filter(slug=slug).first() if slug else offices.filter(parent=None).order_by("pk").first()
    if top is None:
        raise NoOffice
    below = offices.filter(path__startswith=top.path).exclude(pk=top.pk).order_by("path")
    return Portal(top, (top, *below))


def base_url(office: Office) -> str:
    """Where links in letters lead: from the configuration, never from a request (S-38)."""
    host = next((host for host, slug in host_slugs().items() if slug == office.slug), "")
    if not host:
        return settings.ACUDO_BASE_URL
    parts = urlsplit(settings.ACUDO_BASE_URL)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}"
