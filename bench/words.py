"""Invented text, always the same for the same number: 5,000 words, frequent ones far more often than rare ones."""

import itertools
import random

ONSETS, VOWELS = ["b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v"], ["a", "e", "i", "o", "u"]
RARE, MID = "ref{:07d}", "palisandro"  # one ticket carries the first, one in a hundred the second


class Words:
    def __init__(self, seed: int = 1) -> None:
        dice = random.Random(seed)
        syllables = [onset + vowel for onset in ONSETS for vowel in VOWELS]
        made = {"".join(dice.choices(syllables, k=dice.choice((2, 3, 3, 4)))) for _ in range(9_000)}
        self.all = sorted(made)[:5_000]
        dice.shuffle(self.all)
        self.weights = list(itertools.accumulate(1 / (rank + 8) for rank in range(len(self.all))))

    def some(self, dice: random.Random, count: int) -> str:
        return " ".join(dice.choices(self.all, cum_weights=self.weights, k=count)).capitalize()

    def ticket(self, number: int) -> tuple[str, str]:
        """Subject and first message (about 700 characters) of ticket `number`."""
        dice = random.Random(number)
        lines = [self.some(dice, 14) + "." for _ in range(7)] + [RARE.format(number)]
        if number % 100 == 0:
            lines.insert(3, MID)
        return self.some(dice, 7), "\n".join(lines)
