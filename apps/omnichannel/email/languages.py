"""Which of our languages is this mail in? By its small words; silent when unsure."""

import re

SMALL_WORDS = {
    "es": """el la los las un una que de del en por para con no es está qué cómo cuándo dónde gracias hola buenos días
        buenas tardes quiero quisiera puedo necesito usted ustedes mi su les saludos biblioteca ayuntamiento""",
    "it": """il lo gli della dello delle che di nel nella per con non è sono come quando dove grazie ciao salve
        buongiorno buonasera vorrei posso avete mio mia vostro saluti biblioteca comune""",
    "en": """the a an of to in for with and is are not what how when where thanks thank hello hi dear please would
        could you your my have do does regards library""",
    "pt": """o os uma um que do da dos das em no na por para com não é está como quando onde obrigado obrigada olá bom
        boa tarde gostaria posso preciso você vocês meu minha seu biblioteca""",
}
WORD_SETS = {code: frozenset(words.split()) for code, words in SMALL_WORDS.items()}
WORD = re.compile(r"[^\W\d_]{1,20}")
MOST_TEXT = 2_000
FEWEST = 3  # small words before we say anything


def guess(text: str) -> str:
    """A language code, or "" when no language is clearly ahead."""
    found = [word.lower() for word in WORD.findall(text[:MOST_TEXT])]
    scores = {code: sum(word in words for word in found) for code, words in WORD_SETS.items()}
    best, second, *_others = sorted(scores, key=scores.__getitem__, reverse=True)
    return best if scores[best] >= FEWEST and scores[best] > scores[second] else ""
