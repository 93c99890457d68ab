import re
from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


@register.filter
def linked(text: str) -> str:
    """Plain text with its web addresses made links that leave the window; everything else escaped."""
    parts, start = [], 0
    for found in LINK.finditer(text):
        parts += [(text[start : found.start()],), (_link(found[0]),)]
        start = found.end()
    return format_html_join("", "{}", [*parts, (text[start:],)])


@register.filter
def moment(iso: str) -> datetime:
    return datetime.fromisoformat(iso)


def _link(address: str) -> str:
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', address, address)
