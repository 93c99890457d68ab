from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

from apps.core.html import display_html

LONGEST = 200_000  # characters

_READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def render(text: str) -> SafeString:
    """Markdown as clean HTML. HTML inside it is shown as text; what is longer than LONGEST is cut."""
    return display_html(_READER.render(text[:LONGEST]), own_links=True)
