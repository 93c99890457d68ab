"""Stored Markdown as readers see it: callouts set off, live values filled in, internal notes kept from the public.

A callout begins with a line `:::note`, `:::warning` or `:::internal` and ends with `:::`. Each is rendered by itself,
so whatever stands in it is cleaned like everything else, and only the frame around it is ours.
"""

import re
from collections.abc import Iterator

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.core.html import text_from_html
from apps.core.markdown import LONGEST, render
from apps.kb.models import ArticleFile, Translation
from apps.kb.snippets import filled

INTERNAL = "internal"
_FRAMES = {"note": (_("Note"), "info"), "warning": (_("Important"), "warn"), INTERNAL: (_("Only for staff"), "bad")}
_CALLOUT = re.compile(r":::\s*(note|warning|internal)\s*$")
_END = re.compile(r":::\s*$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")


def public_html(translation: Translation) -> SafeString:
    """What everybody sees of the published words. `for_reading()` has all it needs but the calendar."""
    live = translation.live
    return html(live.text, translation) if live else SafeString("")


def html(text: str, translation: Translation, *, for_staff: bool = False) -> SafeString:
    """`text` as this translation would show it; with `for_staff` the internal notes stand in it, marked."""
    with override(translation.language):
        pictures = _pictures(text, translation.article_id)
        parts = [_framed(kind, words, pictures) for kind, words in _parts(text) if for_staff or kind != INTERNAL]
        return filled(SafeString("".join(parts)), translation.article.office)


def plain(text: str, *, for_staff: bool = False) -> str:
    """The words alone, as the search and whoever answers from articles read them; placeholders are left out."""
    shown = "".join(render(words) for kind, words in _parts(text) if for_staff or kind != INTERNAL)
    return _PLACEHOLDER.sub("", text_from_html(shown))


_PLACEHOLDER = re.compile(r"\{\{\s*[a-z_]{1,40}\s*\}\}")


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """(kind, Markdown) in order; kind is "" outside callouts. An end that is missing is the end of the text."""
    kind, fence, lines = "", "", []
    for line in text[:LONGEST].split("\n"):
        if found := _FENCE.match(line):
            mark = found[1]
            if not fence:
                fence = mark
            elif mark[0] == fence[0] and len(mark) >= len(fence):
                fence = ""
        begins = None if fence or kind else _CALLOUT.match(line)
        if begins or (kind and not fence and _END.match(line)):
            yield kind, "\n".join(lines)
            kind, lines = begins[1] if begins else "", []
        else:
            lines.append(line)
    yield kind, "\n".join(lines)


def _pictures(text: str, article_id: int) -> dict[str, str]:
    """Of the article's own pictures, where they lie: `![words](cid:<id>)`. No query when none is named."""
    if "cid:" not in text:
        return {}
    return {file.public_id: file.path for file in ArticleFile.objects.filter(article=article_id, is_picture=True)}


def _framed(kind: str, words: str, pictures: dict[str, str]) -> SafeString:
    inner = render(words, pictures=pictures)
    if not kind:
        return inner
    name, tone = _FRAMES[kind]
    return format_html(
        '<div class="notice {}" role="note"><div><p><strong>{}</strong></p>{}</div></div>', tone, name, inner
    )
