from django.utils.translation import gettext_lazy as _

from apps.core.errors import Conflict, Invalid


class MoveNotAllowed(Conflict):
    """No move leads from this state to that one."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__("move_not_allowed", _("An article cannot go from this state to that one."), old=old, new=new)


class SavedMeanwhile(Conflict):
    """Somebody saved after the writer opened the editor; nothing was overwritten."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "saved_meanwhile",
            _("Somebody saved this article meanwhile. Your text was not saved: compare before you save it."),
            version=version,
        )


class NotReady(Invalid):
    """Something that readers need is missing; `problems` are the sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("not_ready", " ".join(problems), problems=problems)
