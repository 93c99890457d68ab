# ruff: noqa: E501  word lists are wide
"""Words of courtesy around a question, what is said without asking anything, and what no desk is asked. Pure data."""

import re

from apps.search.analyzer import fold

# What people put around their question; without it the question stands out.
_AROUND = {
    "es": [
        r"(muy )?buen[oa]s?( dias| tardes| noches)?", r"hola+", r"que tal", r"disculp(e|a|en)( la molestia)?", r"perdon(e|en)?",
        r"por favor", r"(muchas |mil )?gracias( de antemano| por todo)?", r"saludos( cordiales)?", r"una (consulta|pregunta|duda)",
        r"(queria|quisiera|quiero|necesito|necesitaria|me gustaria) (saber|preguntar|consultar|averiguar)( si| sobre| por)?",
        r"(me|nos) (puede|puedes|podria|podrias|pueden|podrian) (decir|ayudar|explicar|informar|indicar)( con| si)?",
        r"(alguien )?sabe(n|s)? (si|como|donde)(?= )", r"che", r"oye", r"oiga", r"a ver", r"les? escribo (para|por|porque)", r"tengo una (duda|consulta|pregunta)( sobre)?",
    ],
    "it": [
        r"buon(giorno|asera| pomeriggio)", r"salve", r"ciao", r"scus(i|ate|a)( il disturbo)?", r"per (favore|cortesia|piacere)",
        r"(mille |molte )?grazie( mille| in anticipo)?", r"(cordiali )?saluti", r"una (domanda|informazione)",
        r"(vorrei|volevo|avrei bisogno di) (sapere|chiedere|informazioni)( se| su)?", r"(mi|ci) (puo|puoi|potete|potrebbe|potreste|sa|sapete) (dire|aiutare|spiegare|indicare)( se)?",
    ],
    "en": [
        r"(hi|hello|hey)( there)?", r"good (morning|afternoon|evening)", r"please", r"thank(s| you)( so much| very much| in advance)?",
        r"excuse me", r"sorry( to bother( you)?)?", r"(i was|i am|im|i'm)? ?(just )?wondering( if| whether)?", r"(i )?(would|d) like to (know|ask)( if| about)?",
        r"(can|could) (you|someone|anybody|anyone) (please )?(tell|help|explain)( me| to me)?( with)?", r"(i )?(just )?(want|need) to know( if)?", r"quick question", r"do you know( if)?", r"(kind |best )?regards",
    ],
    "pt": [
        r"(ola|oi+)", r"bo(m dia|a tarde|a noite)", r"por (favor|gentileza)", r"(muito )?obrigad[oa]", r"desculp(e|a)( o incomodo)?", r"com licenca",
        r"uma (pergunta|duda|duvida)", r"(queria|gostaria de|quero|preciso) (saber|perguntar)( se| sobre)?", r"(voces? )?(pode|podem|poderia|poderiam)( me)? (dizer|ajudar|explicar|informar)( se| com)?", r"alguem sabe( se)?", r"tenho uma duvida( sobre)?", r"atenciosamente", r"abraco",
    ],
}  # fmt: skip
AROUND = {code: re.compile(rf"\b(?:{'|'.join(words)})\b[\s,.;:!¡¿?]*") for code, words in _AROUND.items()}

# The whole message is one of these: nothing is asked.
_TALK = {
    "greeting": r"hola+( que tal)?|buen[oa]s?( dias| tardes| noches)?|hey|hi+|hello( there)?|good (morning|afternoon|evening)|ciao|salve|"
    r"buon(giorno|asera)|oi+|ola|bo(m dia|a tarde|a noite)|que tal|como (esta|estas|va|vai)|how are you|come (va|stai)|tudo bem|alguien ahi|"
    r"hay alguien( ahi)?|anybody there|is anyone there|c'e qualcuno|tem alguem ai",
    "thanks": r"(muchas |mil )?gracias( por todo| por la ayuda)?|thank(s| you)( so much| very much| a lot)?|(mille )?grazie( mille)?|(muito )?obrigad[oa]|"
    r"genial( gracias)?|perfecto( gracias)?|great|perfect|perfetto|ottimo|otimo|valeu|cheers|dale|listo|ok(ay)?|vale|va bene|beleza",
    "bye": r"adios|chau|hasta (luego|pronto|manana)|bye( bye)?|goodbye|see you|arrivederci|a presto|tchau|ate (logo|mais)|nos vemos",
    "who": r"(quien|que) (eres|es usted|sos)|(eres|es|sos) (un[a]? )?(robot|bot|maquina|programa|persona( real)?|humano)|are you (a )?(robot|bot|human|person|real( person)?|machine)|"
    r"who are you|what are you|(sei|e) (un )?(robot|bot|umano|programma|persona)|chi sei|voce e (um )?(robo|bot|humano|pessoa)|quem e voce|"
    r"como te llamas|what('| i)?s your name|come ti chiami|qual e (o )?seu nome|con quien hablo",
}
TALK = {kind: re.compile(rf"(?:{pattern})") for kind, pattern in _TALK.items()}

_PERSON = re.compile(
    r"\b(hablar|comunicarme|charlar|atender|atienda)\b.*\b(persona|alguien|humano|operador\w*|agente|funcionari\w+)\b"
    r"|\b(quiero|prefiero|pas[ae]me|ponme) (con )?(una persona|un humano|alguien|un agente|un operador)\b"
    r"|\b(speak|talk|chat)\b.*\b(person|human|someone|somebody|agent|operator|staff)\b|\b(real|human) (person|being|agent)\b"
    r"|\b(parlare|chattare)\b.*\b(persona|qualcuno|operatore|umano|addetto)\b"
    r"|\b(falar|conversar)\b.*\b(pessoa|alguem|humano|atendente|operador)\b|^(atendente|operador|operatore|agente|humano|persona)$"
)


def without_courtesy(language: str, text: str) -> str:
    """The question without its wrapping; the text itself when nothing would be left."""
    pattern = AROUND.get(language)
    if pattern is None:
        return text
    folded, places = _folded_with_places(text)
    keep, at = [], 0
    for match in pattern.finditer(folded):
        keep.append(text[places[at] : places[match.start()]])
        at = match.end()
    keep.append(text[places[at] :])
    rest = " ".join("".join(keep).split()).strip(" ,.;:!¡¿")
    return rest if len(rest.split()) >= 2 else text


def small_talk(text: str) -> str:
    """ "greeting", "thanks", "bye", "who", or '' when the message asks for something."""
    parts = [" ".join(re.sub(r"[^\w' ]+", " ", part).split()) for part in re.split(r"[,.;:!¡¿?\n]+", fold(text))]
    parts = [re.sub(r"(\w)\1{2,}", r"\1", part) for part in parts if part]
    if not parts:
        return ""
    kinds = []
    for part in parts:
        kind = next((kind for kind, pattern in TALK.items() if pattern.fullmatch(part)), "")
        if not kind:
            return ""
        kinds.append(kind)
    return kinds[-1]


def wants_a_person(text: str) -> bool:
    return bool(_PERSON.search(" ".join(fold(text).split())))


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    folded, places = [], []
    for place, char in enumerate(text):
        for part in fold(char):
            folded.append(part)
            places.append(place)
    return "".join(folded), [*places, len(text)]
