"""The page that looks like a page: one plays citizen here and sees it arrive in the inbox."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from apps.demo.graph.world import PAGE, number_of

if TYPE_CHECKING:
    from apps.demo.graph.world import World

NAMES = {"es": "Mía Sosa", "it": "Mia Sassi", "pt": "Mia Sousa", "en": "Mia Stone"}


def style() -> bytes:
    return Path(settings.BASE_DIR, "static", "demo", "graph.css").read_bytes()


def render(world: "World", query: dict[str, str]) -> str:
    """The whole page; ?lang= chooses its language, ?name= who one plays."""
    language = query.get("lang", "es") if query.get("lang", "es") in NAMES else "es"
    name = query.get("name") or NAMES[language]
    me = number_of(name)
    talk = world.talks.get(world.messenger_of(me))
    context = {
        "world": world,
        "name": name,
        "me": me,
        "page": PAGE,
        "language": language,
        "languages": list(NAMES),
        "clock": datetime.fromtimestamp(world.now()).strftime("%d/%m/%Y %H:%M"),
        "posts": [(post, _below(world, post.id)) for post in reversed(list(world.posts.values()))],
        "lines": talk.lines if talk else [],
    }
    with override(language):
        return render_to_string("demo/graph.html", context)


def _below(world: "World", post: str) -> list[tuple[Any, bool]]:
    """Comments as they stand: each with what hangs below it; True for the lower ones."""
    found = [comment for comment in world.comments.values() if comment.post == post]
    rows: list[tuple[Any, bool]] = []
    for top in found:
        if top.parent == post:
            rows.append((top, False))
            rows += [(comment, True) for comment in found if comment.parent == top.id]
    return rows
