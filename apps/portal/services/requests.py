"""A request on its way to becoming a ticket, and what its writer may do with it afterwards."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from apps.accounts.models import Office
from apps.catalogue.models import Service
from apps.core import clock
from apps.core.errors import Conflict, Invalid, TooMany
from apps.hours.following import calendar_of
from apps.people.models import Person
from apps.people.phones import phone_handle
from apps.people.services import identify
from apps.portal.doors import BYTES_AN_HOUR, HOUR
from apps.portal.models import Draft, DraftFile
from apps.tickets import services as tickets
from apps.tickets.files import KeptFile, NewFile, keep
from apps.tickets.models import Message, Ticket
from apps.tickets.states import Status

SUBJECT_LENGTH = 90
NEEDS = {
    "sign_language": _lazy("Sign language"),
    "large_print": _lazy("Large print"),
    "easy_language": _lazy("Easy language"),
    "call_me": _lazy("A call instead of text"),
    "text_only": _lazy("Text instead of a call"),
}


def start(office: Office, *, form: str) -> Draft:
    return Draft.objects.create(office=office, form=form)


def save_answers(draft: Draft, answers: dict[str, Any]) -> None:
    draft.answers = {**draft.answers, **answers}
    draft.save(update_fields=["answers", "form"])


def keep_files(draft: Draft, uploads: Sequence[UploadedFile], *, source: str) -> list[DraftFile]:
    """Put files away beside the draft. Raises Invalid or TooMany over the limits of S-22; call outside transactions."""
    if not uploads:
        return []
    if draft.files.filter(is_gone=False).count() + len(uploads) > settings.ACUDO_MAX_FILES:  # type: ignore[attr-defined]
        raise Invalid("too_many_files", _("At most %(n)s files.") % {"n": settings.ACUDO_MAX_FILES}, field="files")
    _check_space(source, sum(upload.size or 0 for upload in uploads))
    kept = keep(_new_files(uploads))
    return DraftFile.objects.bulk_create(
        DraftFile(
            draft=draft,
            key=file.key,
            name=file.name,
            content_type=file.content_type[:120],
            size=file.size,
            source=source,
        )
        for file in kept
    )


def remove_file(file: DraftFile) -> None:
    """Taken out of the request; its row stays and counts until it is old."""
    if DraftFile.objects.filter(pk=file.pk, is_gone=False).update(is_gone=True):
        default_storage.delete(file.key)


@transaction.atomic
def send(draft: Draft, *, service: Service | None, person: Person | None) -> Ticket:
    """The draft becomes a ticket, once: pressed twice, the second finds the first one's ticket."""
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    if draft.ticket_id:
        return Ticket.objects.get(pk=draft.ticket_id)
    answers = draft.answers
    office = service.office if service else draft.office
    requester = person or _requester(office, answers)
    files = list(draft.files.filter(is_gone=False))  # type: ignore[attr-defined]
    ticket = tickets.open_ticket(
        office,
        requester=requester,
        subject=subject_of(answers["text"]),
        text=_with_circumstances(answers),
        via="portal",
        language=answers.get("language", ""),
        service=service,
        attachments=[file.as_kept() for file in files],
        details={key: answers[key] for key in ("phone", "needs", "other_need") if answers.get(key)},
    )
    draft.ticket, draft.answers = ticket, {}
    draft.save(update_fields=["ticket", "answers"])
    draft.files.update(is_gone=True)  # type: ignore[attr-defined]
    ticket.refresh_from_db()
    return ticket


@transaction.atomic
def answer(ticket: Ticket, *, person: Person, text: str, client_id: str, files: Sequence[KeptFile] = ()) -> Message:
    """The person writes on their own page; the same `client_id` again is answered with the first message (R-16)."""
    if not text.strip() and not files:
        raise Invalid("empty", _("Write something first."), field="text")
    Ticket.objects.select_for_update().get(pk=ticket.pk)
    said = Message.objects.filter(ticket=ticket, author_person=person, details__client_id=client_id).first()
    if said:
        return said
    if not may_continue(ticket):
        raise Conflict("over", _("This request was closed some time ago. Please send a new one."))
    if ticket.status == Status.CLOSED:
        tickets.change_status(ticket, to=Status.OPEN, actor=person)
    return tickets.add_message(
        ticket,
        author=person,
        text=text.strip(),
        via="portal",
        verdict="verified",
        attachments=files,
        details={"client_id": client_id},
    )


def keep_answer_files(uploads: Sequence[UploadedFile]) -> list[KeptFile]:
    return keep(_new_files(uploads))


def close(ticket: Ticket, *, person: Person) -> Ticket:
    """ "I have solved it myself." Raises MoveNotAllowed."""
    if ticket.status in (Status.SOLVED, Status.CLOSED):
        return ticket
    ticket = tickets.leave_merge(ticket, actor=person)
    return tickets.change_status(ticket, to=Status.SOLVED, actor=person)


def reopen(ticket: Ticket, *, person: Person) -> Ticket:
    if not may_continue(ticket):
        raise Conflict("over", _("This request was closed some time ago. Please send a new one."))
    if ticket.is_merged:
        return tickets.leave_merge(ticket, actor=person)
    return tickets.change_status(ticket, to=Status.OPEN, actor=person) if not ticket.is_open else ticket


def may_continue(ticket: Ticket) -> bool:
    """Open, or ended so recently that writing again takes it up."""
    if ticket.is_open or ticket.is_merged:
        return True
    ended = ticket.solved_at or ticket.closed_at
    return ended is not None and clock.now() - ended <= timedelta(days=settings.ACUDO_REOPEN_DAYS)


def subject_of(text: str) -> str:
    """The first line, cut between words."""
    line = next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")
    if len(line) <= SUBJECT_LENGTH:
        return line
    cut = line[: SUBJECT_LENGTH - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,.;:") + "…"


def _requester(office: Office, answers: dict[str, Any]) -> Person:
    """What is typed here proves nothing: it finds or makes the person, it never lets anybody in (S-07)."""
    body = office if office.is_body else Office.objects.get(pk=office.body_id)
    kind = "email" if answers.get("email") else "phone"
    calendar = calendar_of(office)
    region = calendar.holiday_country if calendar else ""
    handle = answers["email"] if kind == "email" else phone_handle(answers["phone"], region)
    return identify(body, kind=kind, handle=handle, name=answers["name"], language=answers.get("language", ""))


def _with_circumstances(answers: dict[str, Any]) -> str:
    """The words as written, and below them what whoever answers must know."""
    lines = []
    if answers.get("phone"):
        lines.append(_said(_("Telephone"), answers["phone"]))
    needs = [*(str(NEEDS[key]) for key in answers.get("needs", ()) if key in NEEDS), answers.get("other_need", "")]
    if any(needs):
        lines.append(_said(_("Needs"), ", ".join(need for need in needs if need)))
    return "\n\n".join(part for part in (answers["text"].strip(), "\n".join(lines)) if part)


def _said(label: str, words: str) -> str:
    """The label comes marked from outside: inside an f-string no collector of texts would find it."""
    return f"{label}: {words}"


def _check_space(source: str, size: int) -> None:
    since = clock.now() - timedelta(hours=1)
    sent = DraftFile.objects.filter(source=source, created_at__gt=since).aggregate(bytes=Sum("size"))["bytes"] or 0
    if sent + size > BYTES_AN_HOUR:
        raise TooMany(
            "no_room", _("That is a lot of files for one hour. Please send the rest later."), retry_after=HOUR
        )


def _new_files(uploads: Sequence[UploadedFile]) -> list[NewFile]:
    return [NewFile(upload.name or "", upload, upload.content_type or "application/octet-stream") for upload in uploads]
