"""How people write who are in a hurry: without accents, by ear, in short forms. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from apps.search.analyzer import EMPTY_WORDS, fold

WORD = re.compile(r"[^\W_]+")
SHORTEST_MENDED = 4
LONG_WORD = 8  # from here on two slips are forgiven

# Short forms of chats, and everyday words of the street for the plain ones an article uses.
_SHORT = {
    "es": "q=que k=que ke=que qe=que xq=por_qué pq=por_qué porq=por_qué x=por tb=también tmb=también dnd=dónde "
    "cdo=cuándo cnd=cuándo pa=para d=de m=me bn=bien pls=por_favor xfa=por_favor porfa=por_favor toy=estoy aki=aquí "
    "ai=hay aser=hacer ago=hago tngo=tengo qro=quiero qiero=quiero kiero=quiero pdo=puedo sta=está guita=dinero "
    "plata=dinero pasta=dinero mango=dinero laburo=trabajo curro=trabajo bondi=autobús cole=escuela peli=película "
    "pelis=películas compu=computadora celu=teléfono movil=teléfono cel=teléfono finde=fin_de_semana gratis=gratis "
    "chiquilín=niño chiquilines=niños gurí=niño gurises=niños pibe=niño nene=niño críos=niños peques=niños "
    "bici=bicicleta auto=coche carro=coche profe=profesor uni=universidad biblio=biblioteca muni=municipalidad "
    "jubilata=jubilado abuelos=personas_mayores basurero=basura bardo=ruido quilombo=ruido cagada=problema",
    "it": "nn=non cmq=comunque xke=perché xkè=perché xché=perché perke=perché x=per ke=che k=che qnd=quando "
    "dv=dove cn=con sn=sono tt=tutto qlc=qualche qst=questo pls=per_favore grz=grazie soldi=denaro grana=denaro "
    "biblio=biblioteca cell=telefono telefonino=telefono bici=bicicletta macchina=auto bimbi=bambini bimbo=bambino "
    "ragazzini=bambini monnezza=rifiuti spazzatura=rifiuti immondizia=rifiuti lavoro=lavoro pc=computer "
    "prof=professore uni=università casino=rumore",
    "en": "u=you ur=your r=are pls=please plz=please thx=thanks cuz=because coz=because b4=before gonna=going_to "
    "wanna=want_to gotta=have_to wats=what_is whats=what_is wen=when wat=what wot=what wher=where hav=have "
    "2moro=tomorrow tmrw=tomorrow cash=money bucks=money quid=money kid=child kids=children bike=bicycle "
    "phone=telephone mobile=telephone fone=telephone trash=waste rubbish=waste garbage=waste job=work id=identity",
    "pt": "vc=você vcs=vocês pq=porque q=que oq=o_que tb=também tbm=também hj=hoje blz=beleza pra=para pro=para_o "
    "tá=está ta=está tô=estou to=estou n=não naum=não qdo=quando qnd=quando cmg=comigo pfv=por_favor pf=por_favor "
    "obg=obrigado grana=dinheiro trampo=trabalho busão=ônibus busao=ônibus cel=telefone celular=telefone "
    "bike=bicicleta facul=faculdade biblio=biblioteca molecada=crianças gurizada=crianças lixo=lixo prefs=prefeitura",
}
SHORT = {
    code: {fold(short): plain.replace("_", " ") for short, plain in (pair.split("=") for pair in words.split())}
    for code, words in _SHORT.items()
}

_BY_EAR = (
    ("ch", "\x01"), ("lh", "li"), ("nh", "ni"), ("ph", "f"), ("qu", "k"), ("gh", "g"), ("h", ""), ("\x01", "ch"),
    ("ll", "y"), ("ce", "se"), ("ci", "si"), ("ge", "je"), ("gi", "ji"), ("z", "s"), ("x", "s"), ("v", "b"),
    ("w", "u"), ("c", "k"), ("q", "k"), ("y", "i"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")


def by_ear(folded: str) -> str:
    """What sounds alike becomes alike: "haser", "hacer" and "acer" are one. `folded` has neither case nor accents."""
    for written, heard in _BY_EAR:
        folded = folded.replace(written, heard)
    return _DOUBLED.sub(r"\1", folded)


def plain_words(language: str, text: str) -> str:
    """Short forms and words of the street written out; everything else stays as it was typed."""
    short = SHORT.get(language, {})

    def written_out(match: re.Match[str]) -> str:
        word = match[0]
        return short.get(fold(word), _calm(word))

    return " ".join(WORD.sub(written_out, unicodedata.normalize("NFC", text)).split())


class Speller:
    """Mends words towards those that the articles of one language use."""

    def __init__(self, language: str, texts: Iterable[str]) -> None:
        self.empty = EMPTY_WORDS.get(language, frozenset())
        forms: dict[str, Counter[str]] = {}
        for text in texts:
            for word in WORD.findall(text.lower()):
                if not word.isdigit():
                    forms.setdefault(fold(word), Counter())[word] += 1
        self.written = {folded: counts.most_common(1)[0][0] for folded, counts in forms.items()}
        self.heard: dict[str, str] = {}
        for folded in sorted(forms, key=lambda folded: sum(forms[folded].values())):
            self.heard[by_ear(folded)] = folded
        self.long_words = [folded for folded in forms if len(folded) >= SHORTEST_MENDED]

    def mend(self, text: str) -> tuple[str, int]:
        """The text with its words as the articles spell them, and how many were more than an accent away."""
        slips = 0

        def mended(match: re.Match[str]) -> str:
            nonlocal slips
            word = match[0].lower()
            folded = fold(word)
            known = self.written.get(folded)
            if known is not None:
                return known
            if len(folded) < SHORTEST_MENDED or folded in self.empty or not folded.isalpha():
                return word
            nearest = self._nearest(folded)
            slips += nearest is not None
            return self.written[nearest] if nearest else word

        return WORD.sub(mended, text), slips

    def _nearest(self, folded: str) -> str | None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if sounds_like := self.heard.get(by_ear(folded)):
            return sounds_like
        most = 2 if len(folded) >= LONG_WORD else 1
        found = process.extract(folded, self.long_words, scorer=OSA.distance, score_cutoff=most, limit=5)
        # Whoever slips seldom slips at the first letter.
        return next((word for word, _distance, _place in found if word[0] == folded[0]), None)


def _calm(word: str) -> str:
    """ "holaaaaa" is "hola"."""
    return re.sub(r"(\w)\1{2,}", r"\1", word)
