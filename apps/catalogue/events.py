"""What changes in the directory of those we refer people to."""

from dataclasses import dataclass
from typing import ClassVar

from apps.activity.bus import Event


@dataclass(frozen=True)
class ReferralCardChanged(Event):
    """`what` is "saved" or "removed"."""

    subject_kind: ClassVar[str] = "referral_card"
    card_id: int
    office_id: int
    name: str
    what: str

    @property
    def subject_id(self) -> int:
        return self.card_id
