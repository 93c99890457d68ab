"""Pictures that stand in plain words: a marker says where, and the picture bears the same name.

Whoever reads the words alone finds the picture by its name; whoever reads the page sees it in its place.
"""

import secrets
from collections.abc import Sequence
from html import escape

from apps.core.files import clean_name
from apps.core.html import display_html, text_to_html

KINDS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}


def marker(name: str) -> str:
    return f"[{clean_name(name)}]"


def is_picture(content_type: str, start: bytes) -> bool:
    """Whether the bytes begin as the kind they claim to be; only such may stand in a text."""
    return content_type in KINDS and start.startswith(KINDS[content_type])


def new_content_id() -> str:
    return f"{secrets.token_hex(16)}@picture"


def html_with_pictures(text: str, pictures: Sequence[tuple[str, str]]) -> str:
    """`text` as HTML, with the pictures (name, content id) in the places of their markers, each once."""
    places = {}
    for name, content_id in pictures:
        if marker(name) in text:
            place = f"picture{secrets.token_hex(12)}"  # a word that no cleaner changes and nobody could have written
            text = text.replace(marker(name), place, 1)
            places[place] = f'<img src="cid:{escape(content_id)}" alt="{escape(clean_name(name))}">'
    html = text_to_html(text)
    for place, image in places.items():
        html = html.replace(place, image)
    return display_html(html)
