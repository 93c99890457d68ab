"""The directory is kept by those who answer."""

from typing import Any

from django.db import transaction

from apps.activity.bus import Actor, record
from apps.catalogue.events import ReferralCardChanged
from apps.catalogue.models import ReferralCard


@transaction.atomic
def save_card(card: ReferralCard, *, actor: Any) -> ReferralCard:
    card.save()
    _changed(card, "saved", actor)
    return card


@transaction.atomic
def remove_card(card: ReferralCard, *, actor: Any) -> None:
    _changed(card, "removed", actor)
    card.delete()


def _changed(card: ReferralCard, what: str, actor: Any) -> None:
    event = ReferralCardChanged(card_id=card.pk, office_id=card.office_id, name=card.name, what=what)
    record(event, Actor.of(actor))
