"""Which verb leads an article to a state, and what right it asks for; the screens and the API read the same table."""

from collections.abc import Callable
from typing import Any

from apps.accounts.permissions import may
from apps.accounts.viewers import Viewer
from apps.kb import services
from apps.kb.models import Article, Translation
from apps.kb.states import State

Verb = Callable[..., Translation]

VERB_TO: dict[str, tuple[Verb, tuple[str, ...]]] = {
    State.IN_REVIEW: (services.submit, ("kb.edit",)),
    State.DRAFT: (services.send_back, ("kb.publish",)),
    State.PUBLISHED: (services.publish, ("kb.edit", "kb.publish")),
    State.RETIRED: (services.retire, ("kb.publish",)),
}


def may_move(viewer: Viewer, article: Article, to: str) -> bool:
    return all(may(viewer, right, article.office_id) for right in VERB_TO[to][1])


def move_to(translation: Translation, to: str, *, actor: Any) -> Translation:
    """Raises MoveNotAllowed, NotReady."""
    return VERB_TO[to][0](translation, actor=actor)


def may_place(viewer: Viewer, article: Article, *, is_internal: bool) -> bool:
    """Who may not publish may not open or close an article to the public either."""
    opens_or_closes = is_internal != article.is_internal
    rights = ("kb.edit", "kb.publish") if opens_or_closes else ("kb.edit",)
    return all(may(viewer, right, article.office_id) for right in rights)
