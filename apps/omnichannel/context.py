"""What every page of the desk may have to say about the doors."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.omnichannel.models import Watch

SHOWN = 5


def silent_doors(request: HttpRequest) -> dict[str, Any]:
    """Asked only where a page shows it: by the frame of the desk, for those who can do something about it."""

    def ask() -> list[Watch]:
        viewer = getattr(request, "viewer", None)
        if viewer is None or not viewer.may("channel.manage"):
            return []
        silent = Watch.objects.visible_to(viewer).silent()  # type: ignore[attr-defined]
        return list(silent.select_related("channel").order_by("pk")[:SHOWN])

    return {"silent_doors": SimpleLazyObject(ask)}
