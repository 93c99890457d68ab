"""Translations: pieces written by each part, one catalogue per language, compiled without gettext's tools."""

from dataclasses import dataclass
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


@dataclass(frozen=True)
class Coverage:
    language: str
    total: int
    missing: tuple[str, ...]


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def merge_pieces(language: str, keep_unknown: bool) -> int:
    """Take `locale/<language>.d/*.po` into the catalogue; returns how many texts came from there.

    `keep_unknown` adds texts the catalogue does not know yet: needed where nothing collects them from the sources.
    """
    path = catalogue_path(language)
    catalogue = polib.pofile(str(path), wrapwidth=0) if path.exists() else _empty(language)
    known = {_key(entry): entry for entry in catalogue}
    taken = 0
    for piece in sorted((LOCALE / f"{language}.d").glob("*.po")):
        for entry in polib.pofile(str(piece)):
            if not entry.msgid or not _is_translated(entry):
                continue
            mine = known.get(_key(entry))
            if mine is None:
                if not keep_unknown:
                    continue
                mine = polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, msgid_plural=entry.msgid_plural)
                catalogue.append(mine)
                known[_key(mine)] = mine
            mine.msgstr, mine.msgstr_plural = entry.msgstr, dict(entry.msgstr_plural)
            mine.flags = [flag for flag in mine.flags if flag != "fuzzy"]
            taken += 1
    catalogue.header, catalogue.metadata, catalogue.metadata_is_fuzzy = "", _metadata(language), False
    for entry in catalogue:
        if entry.msgid_plural and not _is_translated(entry):
            entry.msgstr_plural = {0: "", 1: ""}
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    return taken


def coverage(language: str) -> Coverage:
    entries = [entry for entry in polib.pofile(str(catalogue_path(language))) if not entry.obsolete]
    return Coverage(language, len(entries), tuple(entry.msgid for entry in entries if not entry.translated()))


def compile_all() -> list[Path]:
    made = []
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        polib.pofile(str(path)).save_as_mofile(str(target))
        made.append(target)
    return made


def _key(entry: polib.POEntry) -> tuple[str | None, str]:
    return entry.msgctxt, entry.msgid


def _is_translated(entry: polib.POEntry) -> bool:
    return any(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def _empty(language: str) -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = _metadata(language)
    return catalogue


def _metadata(language: str) -> dict[str, str]:
    """Ours, without dates: a catalogue changes when its texts do. Our four languages all have two plural forms."""
    return {
        "Project-Id-Version": "Acudo",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }


if __name__ == "__main__":
    compile_all()
