"""A request that may be sent again: under the same `Idempotency-Key` it is done once and answered as often as asked.

The key is written in the transaction of the act. Of two requests at once the second waits for the first one's commit,
finds its row, and gets its answer; a refusal leaves no row, so the key is free again.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from apps.api.models import RememberedAnswer
from apps.core.errors import Conflict, Invalid
from apps.tickets.files import KeptFile, NewFile, keep

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 100
KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")

Act = Callable[[list[KeptFile]], Response]


class _Taken(Exception):
    """Somebody else's request with this key was committed before ours."""


def once(request: Any, act: Act, *, files: Sequence[UploadedFile] = ()) -> Response:
    """`act` at most once a key. Files are put away before its transaction, and only when it will run.

    Raises Invalid when the key came with another request before, ValidationError when it is none.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act(_kept(files))
    if not KEY.fullmatch(key):
        raise ValidationError({HEADER: [_("A key is 1 to 100 visible characters without spaces.")]})
    digest = _digest(request, files)
    return _again(request.auth, key, digest) or _first(request.auth, key, digest, act, files)


def _first(token: Any, key: str, digest: str, act: Act, files: Sequence[UploadedFile]) -> Response:
    kept = _kept(files)
    try:
        with transaction.atomic():
            row = _claim(token, key, digest)
            response = act(kept)
            row.status, row.body = response.status_code, JSONRenderer().render(response.data).decode()
            row.save(update_fields=["status", "body"])
        return response
    except _Taken:
        response = _again(token, key, digest)
        if response is None:
            sentence = _("A request with this key is being worked on. Try again in a moment.")
            raise Conflict("key_in_use", sentence) from None
        return response


def _claim(token: Any, key: str, digest: str) -> RememberedAnswer:
    """Waits while another transaction holds the key; raises _Taken when that one was committed."""
    RememberedAnswer.objects.old().filter(token=token, key=key).delete()
    try:
        with transaction.atomic():
            return RememberedAnswer.objects.create(token=token, key=key, digest=digest)
    except IntegrityError as error:
        raise _Taken from error


def _again(token: Any, key: str, digest: str) -> Response | None:
    row = RememberedAnswer.objects.fresh().filter(token=token, key=key).first()
    if row is None:
        return None
    if row.digest != digest:
        sentence = _("This key was used for another request. Take a new key for each thing to be done.")
        raise Invalid("key_reused", sentence, header=HEADER)
    return Response(json.loads(row.body), status=row.status, headers={REPLAYED: "true"})


def _digest(request: Any, files: Sequence[UploadedFile]) -> str:
    """Keyed: what was sent may hold a secret, and short ones could be guessed from a plain hash."""
    data = request.data
    fields = {name: data.getlist(name) for name in data if name != "files"} if hasattr(data, "getlist") else data
    sent = [request.method, request.path, fields, [(file.name, file.content_type, _sum(file)) for file in files]]
    text = json.dumps(sent, sort_keys=True, default=str)
    return salted_hmac("apps.api.idempotency", text, algorithm="sha256").hexdigest()


def _sum(file: UploadedFile) -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def _kept(files: Sequence[UploadedFile]) -> list[KeptFile]:
    return keep(NewFile(file.name or "", file, file.content_type or "application/octet-stream") for file in files)
