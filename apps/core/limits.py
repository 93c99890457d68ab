"""How often a stranger may knock. Counted in the database, so that the limit holds without Redis and over processes."""

import hashlib

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import TooMany
from apps.core.models import LimitCount


def allow(bucket: str, key: str, *, limit: int, seconds: int) -> None:
    """Count one more of `bucket` for `key`; raises TooMany once `limit` in a window of `seconds` is passed.

    The key is stored hashed: addresses of citizens are not kept for this.
    """
    row, wait = _row(bucket, key, seconds)
    if _count(row) > limit:
        raise _too_many(bucket, wait)


def check(bucket: str, key: str, *, limit: int, seconds: int) -> None:
    """Raises TooMany when `limit` is used up, and counts nothing: for doors where only failures count."""
    row, wait = _row(bucket, key, seconds)
    if LimitCount.objects.filter(**row, count__gte=limit).exists():
        raise _too_many(bucket, wait)


def forget_old(*, older_than_seconds: int = 86_400) -> int:
    """Delete counts of windows long past; returns how many."""
    before = int(clock.now().timestamp()) - older_than_seconds
    return LimitCount.objects.filter(window__lt=before).delete()[0]


def _row(bucket: str, key: str, seconds: int) -> tuple[dict[str, object], int]:
    """The row to count in, and the seconds until its window ends."""
    moment = int(clock.now().timestamp())
    window = moment // seconds * seconds
    name = hashlib.sha256(key.encode()).hexdigest()[:40]
    return {"bucket": bucket, "key": name, "window": window}, window + seconds - moment


def _too_many(bucket: str, wait: int) -> TooMany:
    return TooMany("too_many", _("Too many tries. Please wait a moment."), retry_after=wait, bucket=bucket)


def _count(row: dict[str, object]) -> int:
    with transaction.atomic():
        if not LimitCount.objects.filter(**row).update(count=models.F("count") + 1):
            try:
                with transaction.atomic():
                    LimitCount.objects.create(**row, count=1)
                return 1
            except IntegrityError:
                LimitCount.objects.filter(**row).update(count=models.F("count") + 1)
        return LimitCount.objects.values_list("count", flat=True).get(**row)
