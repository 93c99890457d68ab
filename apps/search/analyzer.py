"""Words become terms: stemmed in their language first, accents stripped after. The other order makes dead ends."""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any

import snowballstemmer

STEMMERS = {"es": "spanish", "it": "italian", "en": "english", "pt": "portuguese"}
LONGEST_TERM = 60
MOST_CHARACTERS = 200_000
MOST_TERMS = 8_000

# References, numbers, addresses and host names hold together; words joined by a hyphen or slash are words.
_TOKEN = re.compile(r"[^\W_]+(?:[@.\-_/:+'’][^\W_]+)*")
_JOINTS = re.compile(r"[@.\-_/:+'’]")
_HOLDS_TOGETHER = re.compile(r"[@\d_]|[^\W_]{2}\.[^\W_]{2}")

# Words that every text has: they find nothing and fill the index.
_EMPTY = {
    "es": "a al ante con cual cuando de del desde donde el ella en entre es esta este esto fue ha hay la las le les lo "
    "los mas me mi muy ni no nos o para pero por que se si sin sobre son su sus te tu un una uno unos unas y ya yo",
    "it": "a ai al alla alle anche che chi ci come con da dal dalla dei del della delle di e gli ha ho i il in io la "
    "le lo ma mi nei nel nella non o per piu se si sono su sul sulla ti tra tu un una uno",
    "en": "a about an and are as at be by do does for from has have how i if in is it its me my not of on or our so "
    "that the their there they this to was we what when where which who will with you your",
    "pt": "a ao aos as com como da das de do dos e ela ele em entre esta este eu foi ha isso isto ja la lhe mais mas "
    "me meu minha muito na nao nas no nos o os ou para pela pelo por quando que se sem seu sua sobre te um uma",
}
EMPTY_WORDS = {code: frozenset(words.split()) for code, words in _EMPTY.items()}


def analyze(language: str, text: str) -> list[str]:
    """The terms of `text` as they are stored, in order, repeated as often as they occur.

    Each is made of letters, digits and "_" alone, whatever the text held. A word gives itself and its stem; an
    address or a reference gives itself as one term and its parts.
    """
    terms: list[str] = []
    for token in _TOKEN.findall(text[:MOST_CHARACTERS]):
        if len(terms) >= MOST_TERMS:
            break
        if _is_one_thing(token):
            terms.append(_joined(token))
        for word in _JOINTS.split(token):
            terms.extend(_forms(language, word))
    return terms


def query_terms(languages: tuple[str, ...], text: str) -> list[tuple[str, ...]]:
    """One group for each word asked for: any of its terms will do, and every group must be met.

    Empty words are left out unless there is nothing else.
    """
    groups: dict[tuple[str, ...], bool] = {}
    for token in _TOKEN.findall(text[:500])[:16]:
        if _is_one_thing(token):
            groups[(_joined(token),)] = False
            continue
        for word in _JOINTS.split(token):
            stems = [stem for code in languages for stem in _stems(code, word.lower())]
            groups[tuple(dict.fromkeys([_term(fold(word)), *stems]))] = any(
                fold(word) in EMPTY_WORDS.get(code, ()) for code in languages
            )
    full = [group for group, is_empty in groups.items() if not is_empty]
    return full or list(groups)


def fold(text: str) -> str:
    """Without case and accents: "Préstamo" and "prestamo" are one."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """The folded words of a short text, for comparing spellings."""
    return [fold(word) for token in _TOKEN.findall(text[:500]) for word in _JOINTS.split(token)]


def _is_one_thing(token: str) -> bool:
    return len(token) > 1 and _JOINTS.search(token) is not None and _HOLDS_TOGETHER.search(token) is not None


def _joined(token: str) -> str:
    return _term(_JOINTS.sub("_", fold(token)))


@lru_cache(maxsize=50_000)
def _forms(language: str, word: str) -> tuple[str, ...]:
    whole = _term(fold(word))
    if whole in EMPTY_WORDS.get(language, ()):
        return ()
    return tuple({whole: 0, **dict.fromkeys(_stems(language, word.lower()))})


def _stems(language: str, word: str) -> tuple[str, ...]:
    """Two where the plural is mistaken for a verb: "préstamos" is cut like "cantamos", "préstamo" is not."""
    if language in {"es", "pt"} and len(word) > 4 and word.endswith("s"):
        return _stem(language, word), _stem(language, word[:-1])
    return (_stem(language, word),)


def _stem(language: str, word: str) -> str:
    word = word[:LONGEST_TERM]
    if not word.isalpha() or language not in STEMMERS:
        return _term(fold(word))
    return _term(fold(_stemmer(language).stemWord(word)) or fold(word))


def _term(folded: str) -> str:
    """Letters and digits of any script; what folding turned into anything else is dropped."""
    return "".join(c for c in folded if c == "_" or c.isalnum())[:LONGEST_TERM]


_own = threading.local()  # a stemmer keeps the word it works on in itself


def _stemmer(language: str) -> Any:
    if not hasattr(_own, "stemmers"):
        _own.stemmers = {}
    if language not in _own.stemmers:
        _own.stemmers[language] = snowballstemmer.stemmer(STEMMERS[language])
    return _own.stemmers[language]
