"""Addresses whose modules are loaded when somebody first knocks there, not with the first page of everybody."""

import sys
from typing import Any

from django.urls.resolvers import RoutePattern, URLResolver


class Entrance(URLResolver):
    """The machines' entrance brings twenty megabytes along (its framework and, on SQLite too, PostgreSQL's driver).

    Making addresses by name walks through all resolvers; this one is named, so what is inside is not needed for that.
    """

    def _populate(self) -> Any:
        if self.urlconf_name in sys.modules:
            super()._populate()  # type: ignore[misc]


def entrance(route: str, urlconf: str, *, name: str) -> Entrance:
    """As `path(route, include(urlconf))`, with `name` as its namespace."""
    return Entrance(RoutePattern(route), urlconf, app_name=name, namespace=name)
