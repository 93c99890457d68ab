"""What pages do often, done once: pieces kept for a language, lines looked at before they are taken apart."""

import re
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# What an address needs: "@", "//" or a dot inside a word. Most lines of most messages have none of these.
LINKISH = re.compile(r"@|//|\.\w")


@register.filter(is_safe=True)
def links(text: str) -> SafeString:
    """Plain text, escaped, with its addresses made links: as Django's `urlize`, which takes every word apart."""
    return SafeString("\n".join(_links(line) for line in str(text).split("\n")))


def _links(line: str) -> str:
    return urlize(line, nofollow=True, autoescape=True) if LINKISH.search(line) else escape(line)


class KeptNode(template.Node):
    """What stands inside, made once for each language and each value of the keys, and kept for the process."""

    child_nodelists = ("nodes",)
    most = 200

    def __init__(self, nodes: template.NodeList, keys: list[FilterExpression]) -> None:
        self.nodes, self.keys = nodes, keys
        self.made: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = (get_language(), *(expression.resolve(context) for expression in self.keys))
        if key not in self.made:
            if len(self.made) >= self.most:
                self.made.clear()
            self.made[key] = self.nodes.render(context)
        return self.made[key]


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """{% kept key… %}…{% endkept %}: for pieces of the frame that say the same to everybody of these keys.

    Never around anything of a person, a ticket or a request that is not named among the keys."""
    keys = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodes, keys)
