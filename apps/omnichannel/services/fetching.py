"""What a provider only points at is brought home before anything is written: files, and the name behind a handle."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from apps.omnichannel.models import Channel
from apps.omnichannel.ports import FetchesFiles, Heard, InboundAttachment, InboundMessage, KnowsNames
from apps.omnichannel.services.receive import keep_files, said_before
from apps.people.models import Identity
from apps.tickets.files import KeptFile

_is_offline: ContextVar[bool] = ContextVar("is_offline", default=False)


@contextmanager
def offline() -> Iterator[None]:
    """Inside, nothing is fetched and nobody is asked: for rehearsals."""
    token = _is_offline.set(True)
    try:
        yield
    finally:
        _is_offline.reset(token)


def bring_home(channel: Channel, adapter: Any, heard: Heard) -> tuple[Heard, list[KeptFile]]:
    """The same with what it points at, and its files in the store; outside any transaction. What cannot be had is
    named in `details["missing_files"]`: the words are kept all the same."""
    if not isinstance(heard, InboundMessage):
        return heard, []
    if heard.external_id and said_before(channel, heard.external_id):
        return heard, []  # a repeat: nothing is fetched for it
    if _is_offline.get():
        return replace(heard, attachments=[file for file in heard.attachments if not file.url]), []
    if isinstance(adapter, FetchesFiles) and any(file.url for file in heard.attachments):
        heard = _with_files(adapter, heard)
    if isinstance(adapter, KnowsNames) and not heard.sender.name and not _is_known(channel, heard):
        heard = replace(heard, sender=replace(heard.sender, name=adapter.name_of(heard.sender)))
    return heard, keep_files(heard)


def _with_files(adapter: FetchesFiles, heard: InboundMessage) -> InboundMessage:
    here: list[InboundAttachment] = []
    missing: list[str] = []
    for file in heard.attachments:
        brought = adapter.fetch(file) if file.url and not file.content else file
        if brought is None:
            missing.append(file.name)
        else:
            here.append(brought)
    details = {**heard.details, "missing_files": missing} if missing else heard.details
    return replace(heard, attachments=here, details=details)


def _is_known(channel: Channel, heard: InboundMessage) -> bool:
    rows = Identity.objects.filter(
        body_id=channel.office.body_id, kind=heard.sender.kind, handle=heard.sender.handle.strip()[:254]
    )
    return rows.exclude(person__full_name="").exists()
