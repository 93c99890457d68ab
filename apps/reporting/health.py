"""Is the product well? Each question asks one thing and answers with figures; none waits for long (R-26)."""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Q

from apps.core import clock
from apps.core.models import Heartbeat
from apps.omnichannel.models import Channel, Delivery, Envelope
from apps.omnichannel.registry import pulses
from apps.sla.models import Clock

BUDGET_SECONDS = 1.8
SILENT_AFTER = timedelta(seconds=45)  # signs of life come every 5 to 10 s
LATE_AFTER = timedelta(seconds=60)
LEAST_FREE_BYTES = 200 * 1024 * 1024

# Not one thread a caller: when the database hangs, the probes that wait for it must not pile up.
_askers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="health")
_is_migrated = False


@dataclass(frozen=True)
class Finding:
    name: str
    is_well: bool
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    findings: tuple[Finding, ...]

    @property
    def is_well(self) -> bool:
        return all(finding.is_well for finding in self.findings)

    def as_plain(self) -> dict[str, Any]:
        return {"status": _word(self.is_well), "at": clock.now(), "findings": [asdict(row) for row in self.findings]}


def ready() -> Report:
    return _ask({"database": database, "migrations": migrations, "keys": keys})


def deep() -> Report:
    return _ask(
        {
            "database": database,
            "migrations": migrations,
            "keys": keys,
            "bus": bus,
            "scheduler": lambda: sign_of_life("scheduler"),
            "worker": lambda: sign_of_life("worker"),
            "channel sweep": lambda: sign_of_life("sweep"),
            "clock sweep": lambda: sign_of_life("sla sweep"),
            "mail fetcher": fetchers,
            "intake": intake,
            "outbox": outbox,
            "clocks": clocks,
            "channels": channels,
            "disk": disk,
        }
    )


def database() -> tuple[bool, dict]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,), {"vendor": connection.vendor}


def migrations() -> tuple[bool, dict]:
    """Looked up until they are all there; they cannot become fewer while we run."""
    global _is_migrated  # noqa: PLW0603  one answer a process is the point
    if not _is_migrated:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            return False, {"missing": len(missing)}
        _is_migrated = True
    return True, {}


def keys() -> tuple[bool, dict]:
    """Can we still read what we encrypted?"""
    try:
        for channel in Channel.objects.exclude(secrets="").only("secrets")[:1]:
            bool(channel.secrets)
    except ImproperlyConfigured:
        return False, {"reason": "stored secrets cannot be read with ACUDO_SECRET_KEYS"}
    return bool(settings.ACUDO_SECRET_KEYS), {}


def bus() -> tuple[bool, dict]:
    if not settings.REDIS_URL:
        return True, {"kind": "memory"}
    from redis import Redis

    with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as redis:
        return bool(redis.ping()), {"kind": "redis"}


def sign_of_life(name: str) -> tuple[bool, dict]:
    last = Heartbeat.last(name)
    return last is not None and clock.now() - last < SILENT_AFTER, {"last_at": last, "age_seconds": _age(last)}


def fetchers() -> tuple[bool, dict]:
    """Where something is fetched, whoever fetches it is alive."""
    names = {pulse.process for pulse in pulses().values() if pulse.process}
    signs = {name: sign_of_life(name) for name in sorted(names)}
    return all(is_well for is_well, _facts in signs.values()), {name: facts for name, (_well, facts) in signs.items()}


def intake() -> tuple[bool, dict]:
    oldest = (
        Envelope.objects.filter(next_at__isnull=False).order_by("next_at").values_list("next_at", flat=True).first()
    )
    quarantined = Envelope.objects.filter(state=Envelope.State.QUARANTINED).count()
    return not _is_late(oldest), {"overdue_seconds": _overdue(oldest), "in_quarantine": quarantined}


def outbox() -> tuple[bool, dict]:
    due = Delivery.objects.filter(next_at__isnull=False)
    oldest = due.order_by("next_at").values_list("next_at", flat=True).first()
    first = due.order_by("created_at").values_list("created_at", flat=True).first()
    facts = {"waiting": due.count(), "oldest_age_seconds": _age(first), "overdue_seconds": _overdue(oldest)}
    return not _is_late(oldest), facts


def clocks() -> tuple[bool, dict]:
    oldest = Clock.objects.filter(next_at__isnull=False).order_by("next_at").values_list("next_at", flat=True).first()
    return not _is_late(oldest), {"overdue_seconds": _overdue(oldest)}


def channels() -> tuple[bool, dict]:
    """A door is ill when what we owe through it keeps failing, when its last fetching failed, or when it is silent.

    One address that does not exist is that address's illness, not the door's.
    """
    is_failing = Q(deliveries__next_at__isnull=False) & ~Q(deliveries__error_kind="")
    rows = Channel.objects.active().annotate(failing=Count("deliveries", filter=is_failing)).order_by("slug")
    rows = rows.select_related("watch")
    facts = {}
    for row in rows:
        has_failed_fetching = bool(row.last_error and row.last_attempt_at) and (
            row.last_success_at is None or row.last_attempt_at > row.last_success_at
        )
        watch = getattr(row, "watch", None)
        silent_since = watch.silent_since if watch else None
        facts[row.slug] = {
            "kind": row.kind,
            "is_well": not row.failing and not has_failed_fetching and silent_since is None,
            "silent_since": silent_since,
            "last_success_at": row.last_success_at,
            "last_item_at": row.last_item_at,
            "failing_deliveries": row.failing,
        }
    return all(entry["is_well"] for entry in facts.values()), facts


def disk() -> tuple[bool, dict]:
    usage = shutil.disk_usage(settings.VAR_DIR)
    return usage.free > LEAST_FREE_BYTES, {"free_bytes": usage.free, "free_percent": usage.free * 100 // usage.total}


def _ask(questions: dict[str, Callable[[], tuple[bool, dict]]]) -> Report:
    """Asked side by side in a few threads; whoever has not answered within the budget counts as ill."""
    until = time.monotonic() + BUDGET_SECONDS
    asked = {name: _askers.submit(_answer, question) for name, question in questions.items()}
    findings = []
    for name, answer in asked.items():
        try:
            is_well, facts = answer.result(timeout=max(0.0, until - time.monotonic()))
        except TooLate:
            answer.cancel()
            is_well, facts = False, {"reason": "no answer in time"}
        findings.append(Finding(name, is_well, facts))
    return Report(tuple(findings))


def _answer(question: Callable[[], tuple[bool, dict]]) -> tuple[bool, dict]:
    try:
        return question()
    except Exception as error:  # whatever goes wrong is the finding
        return False, {"reason": type(error).__name__}
    finally:
        connections.close_all()


def _is_late(moment: datetime | None) -> bool:
    return moment is not None and clock.now() - moment > LATE_AFTER


def _overdue(moment: datetime | None) -> int:
    return max(0, _age(moment) or 0)


def _age(moment: datetime | None) -> int | None:
    return None if moment is None else int((clock.now() - moment).total_seconds())


def _word(is_well: bool) -> str:
    return "well" if is_well else "ill"
