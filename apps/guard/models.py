"""What an office added to the words that are nobody else's business."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import TimeStamped


class WordList(TimeStamped):
    """One a body; a word or an expression a line."""

    body = models.OneToOneField("accounts.Office", on_delete=models.CASCADE, related_name="+")
    words = models.TextField(_("words that stay private"), blank=True)

    def __str__(self) -> str:
        return f"Words of {self.body}"

    def listed(self) -> list[str]:
        return [line.strip() for line in self.words.splitlines() if line.strip()]
