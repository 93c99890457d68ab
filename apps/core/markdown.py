from collections.abc import Mapping

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from apps.core.html import display_html

LONGEST = 200_000  # characters

_READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def render(text: str, *, pictures: Mapping[str, str] | None = None) -> SafeString:
    """Markdown as clean HTML. HTML inside it is shown as text; what is longer than LONGEST is cut.

    `pictures` says where those named `cid:<key>` lie; others are not loaded.
    """
    return display_html(_READER.render(text[:LONGEST]), cid_urls=pictures, own_links=True)
