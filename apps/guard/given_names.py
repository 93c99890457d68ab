"""Given names that are common where Spanish, Italian, Portuguese and English are spoken, without case and accents."""

from pathlib import Path

GIVEN = frozenset((Path(__file__).parent / "lists" / "given_names.txt").read_text(encoding="utf-8").split())
