"""The words a body puts on its tickets: made, renamed, taken out of use and put back."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office
from apps.activity.bus import Actor, record
from apps.core import clock
from apps.core.errors import Invalid
from apps.core.transactions import whole
from apps.core.translated import Translated
from apps.tickets.events import TagChanged
from apps.tickets.models import Tag

NAME_LENGTH = 60


@whole()
def create_tag(body: Office, *, names: Mapping[str, str], actor: Any) -> Tag:
    """`names`: language -> word. The key is made once, from the first of them, and stays. Raises Invalid."""
    words = _words(names)
    key = slugify(words.in_language("es"))[:50]
    tag, is_new = Tag.objects.get_or_create(body=body, key=key, defaults={"names": words}) if key else (None, False)
    if tag is None or not is_new:
        raise Invalid("tag_exists", _("There is a tag of that name already."), field="names")
    _changed(tag, "created", actor)
    return tag


@whole()
def rename_tag(tag: Tag, *, names: Mapping[str, str], actor: Any) -> Tag:
    """Other words for the same key. Raises Invalid."""
    tag.names = _words(names)
    tag.save(update_fields=["names"])
    _changed(tag, "renamed", actor)
    return tag


@whole()
def retire_tag(tag: Tag, *, actor: Any) -> Tag:
    """No ticket gets it from now on; those that have it keep it. A second time changes nothing."""
    if tag.retired_at is None:
        _set_retired(tag, clock.now(), "retired", actor)
    return tag


@whole()
def use_tag_again(tag: Tag, *, actor: Any) -> Tag:
    if tag.retired_at is not None:
        _set_retired(tag, None, "used_again", actor)
    return tag


def _set_retired(tag: Tag, moment: Any, what: str, actor: Any) -> None:
    tag.retired_at = moment
    tag.save(update_fields=["retired_at"])
    _changed(tag, what, actor)


def _changed(tag: Tag, what: str, actor: Any) -> None:
    record(TagChanged(tag_id=tag.pk, office_id=tag.body_id, what=what), Actor.of(actor))


def _words(names: Mapping[str, str]) -> Translated:
    stripped = {code: " ".join(str(names.get(code, "")).split()) for code, _name in settings.LANGUAGES}
    words = Translated({code: name for code, name in stripped.items() if name})
    if not words:
        raise Invalid("empty", _("Write the tag in one language at least."), field="names")
    if any(len(name) > NAME_LENGTH for name in words.values()):
        raise Invalid("too_long", _("Keep the tag within 60 characters."), field="names")
    return words
