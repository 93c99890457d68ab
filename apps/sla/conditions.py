"""For which tickets is a promise meant? A closed set of lists; all that are given must hold (pure)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = {
    "via": str,
    "team": int,
    "office": int,
    "priority": int,
    "type": str,
    "service": int,
    "organisation": int,
    "tag": int,
}


def matches(conditions: Mapping[str, list[Any]], facts: Mapping[str, Any]) -> bool:
    """`facts` has one value for each word of WORDS, or a set of which one must be allowed (tags).

    No condition at all matches every ticket.
    """
    return all(_is_allowed(facts[word], allowed) for word, allowed in conditions.items() if allowed)


def covers(earlier: Mapping[str, list[Any]], later: Mapping[str, list[Any]]) -> bool:
    """Does whatever matches `later` also match `earlier`? Then `later` has no turn after it. (Never said wrongly.)"""
    return all(later.get(word) and set(later[word]) <= set(allowed) for word, allowed in earlier.items() if allowed)


def _is_allowed(fact: Any, allowed: list[Any]) -> bool:
    return not fact.isdisjoint(allowed) if isinstance(fact, set) else fact in allowed


def check_conditions(value: Any) -> None:
    """Raises ValidationError for anything that is not {word: [values]}."""
    if not isinstance(value, dict):
        raise ValidationError(_("Conditions are lists by name."), code="not_conditions")
    for word, allowed in value.items():
        kind = WORDS.get(word)
        if kind is None:
            raise ValidationError(_("“%(word)s” is not a condition."), code="unknown_condition", params={"word": word})
        if not isinstance(allowed, list) or not all(type(item) is kind for item in allowed):
            raise ValidationError(_("“%(word)s” is not a list."), code="not_a_list", params={"word": word})
