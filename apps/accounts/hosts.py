"""Which office do the public pages at a host name speak for? ACUDO_PORTAL_OFFICE lists `host=slug` pairs and at most
one slug alone, which serves every other host."""

from django.conf import settings


def office_slug_at(host: str) -> str:
    """The slug set for this host name (a port is ignored), else the one that serves all others, else ''."""
    return host_slugs().get(host.partition(":")[0].lower()) or _default_slug()


def host_slugs() -> dict[str, str]:
    pairs = (entry.split("=", 1) for entry in settings.ACUDO_PORTAL_OFFICE if "=" in entry)
    return {host.strip().lower(): slug.strip() for host, slug in pairs}


def _default_slug() -> str:
    return next((entry for entry in settings.ACUDO_PORTAL_OFFICE if "=" not in entry), "")
