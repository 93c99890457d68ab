"""Words that are not sent yet: kept, shown, taken over, thrown away."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from apps.accounts.models import User
from apps.core import clock
from apps.core.pictures import marker
from apps.core.transactions import whole
from apps.inbox.models import Draft, DraftFile, Watcher
from apps.omnichannel.services import TakenBack
from apps.tickets.files import KeptFile
from apps.tickets.models import Ticket

LONGEST = 200_000


def with_drafts(rows: QuerySet[Ticket], user: User) -> QuerySet[Ticket]:
    """Each ticket with `own_draft` and `other_draft` of an answer as plain facts, and `is_watched`: no query of its
    own for what most tickets have not."""
    drafts = Draft.objects.filter(ticket=OuterRef("pk"), kind="reply")
    files = DraftFile.objects.filter(draft=OuterRef("pk")).order_by().values("draft")
    own = drafts.filter(user=user).annotate(n=Subquery(files.annotate(n=Count("pk")).values("n")))
    others = drafts.exclude(user=user).order_by("-updated_at")
    return rows.annotate(
        own_draft=Subquery(own.values(facts=JSONObject(pk="pk", text="text", addressing="addressing", files="n"))[:1]),
        other_draft=Subquery(others.values(facts=JSONObject(name="user__full_name", user="user_id"))[:1]),
        is_watched=Exists(Watcher.objects.filter(ticket=OuterRef("pk"))),
        watches=Exists(Watcher.objects.filter(ticket=OuterRef("pk"), user=user)),
    )


@whole()
def keep(ticket: Ticket, user: User, *, kind: str, text: str, addressing: dict[str, Any] | None = None) -> Draft | None:
    """Keep what stands in the box. Nothing typed, no files and nobody chosen leaves no draft."""
    rows = Draft.objects.filter(ticket=ticket, user=user, kind=kind)
    if (
        not text.strip()
        and not any((addressing or {}).values())
        and not DraftFile.objects.filter(draft__in=rows).exists()
    ):
        rows.delete()
        return None
    values: dict[str, Any] = {"text": text[:LONGEST], "updated_at": clock.now()}
    if addressing is not None:
        values["addressing"] = addressing
    draft, _made = Draft.objects.update_or_create(ticket=ticket, user=user, kind=kind, defaults=values)
    return draft


@whole()
def add_files(ticket: Ticket, user: User, *, kind: str, files: Sequence[KeptFile]) -> Draft:
    draft, _made = Draft.objects.get_or_create(ticket=ticket, user=user, kind=kind)
    _put(draft, files)
    return draft


def drop_file(draft: Draft, public_id: str) -> None:
    """The file goes with its bytes: nothing else holds them."""
    for row in draft.files.filter(public_id=public_id):  # type: ignore[attr-defined]
        key = row.file.name
        row.delete()
        transaction.on_commit(lambda key=key: default_storage.delete(key))  # type: ignore[misc]


def _put(draft: Draft, files: Sequence[KeptFile]) -> None:
    DraftFile.objects.bulk_create(
        DraftFile(
            draft=draft,
            file=f.key,
            name=f.name,
            content_type=f.content_type[:120],
            size=f.size,
            content_id=f.content_id,
        )
        for f in files
    )


def files_of(draft: Draft | int | None) -> list[DraftFile]:
    return list(DraftFile.objects.filter(draft=draft)) if draft else []


def kept_files(rows: Iterable[DraftFile]) -> list[KeptFile]:
    return [
        KeptFile(row.file.name, row.name, row.content_type, row.size, row.content_id, bool(row.content_id))
        for row in rows
    ]


def sent(draft_id: int) -> None:
    """The words have left the box: their files belong to the message now."""
    Draft.objects.filter(pk=draft_id).delete()


@whole()
def bring_back(ticket: Ticket, user: User, taken: TakenBack, *, from_slug: str = "") -> Draft:
    """What was taken back stands in the box again, before whatever was begun there since."""
    draft, _made = Draft.objects.get_or_create(ticket=ticket, user=user, kind="reply")
    text, files = _renamed(taken.text, taken.files, {f.name for f in files_of(draft)})
    draft.text = f"{text}\n\n{draft.text}".rstrip() if draft.text.strip() else text
    draft.addressing = {"to": taken.recipient, "from": from_slug, "cc": list(taken.cc), "bcc": list(taken.bcc)}
    draft.updated_at = clock.now()
    draft.save()
    _put(draft, files)
    return draft


@whole()
def take_over(theirs: Draft, user: User) -> Draft:
    """A colleague goes on where another stopped: the words and files change hands, what one had begun stays before."""
    mine, _made = Draft.objects.get_or_create(ticket=theirs.ticket, user=user, kind=theirs.kind)
    text, files = _renamed(theirs.text, kept_files(files_of(theirs)), {f.name for f in files_of(mine)})
    mine.text = "\n\n".join(part for part in (mine.text.strip(), text) if part)
    mine.addressing = mine.addressing or theirs.addressing
    mine.updated_at = clock.now()
    mine.save()
    _put(mine, files)
    theirs.delete()
    return mine


def _renamed(text: str, files: Sequence[KeptFile], taken: set[str]) -> tuple[str, list[KeptFile]]:
    """Where two boxes become one, a picture whose name is taken gets another, in the words as well."""
    renamed = []
    for file in files:
        name = file.name
        if file.content_id and name in taken:
            stem, _dash, ending = name.rpartition("-")
            ending = ending.rpartition(".")[2]
            name = next(new for n in count(1) if (new := f"{stem}-{n}.{ending}") not in taken)
            text = text.replace(marker(file.name), marker(name))
        taken.add(name)
        renamed.append(replace(file, name=name))
    return text, renamed
