"""What incidents are called, and how a title that is made of those words is read in another language.

An incident without a title of its own gets one in the language of the campus: one of these phrases, and after a comma
what tells it from others. A reader of the other language gets the phrase in his.
"""

from collections.abc import Mapping
from functools import cache

from shared.phrase import Phrase
from shared.words import Kind, Language

KINDS: Mapping[Kind, Phrase] = {
    Kind.FIRE_ALARM: Phrase("Brandmelding", "Fire alarm"),
    Kind.FIRE_FAULT: Phrase("Storing brandmeldinstallatie", "Fire alarm system fault"),
    Kind.FIRE_RESTORED: Phrase("Brandmelding hersteld", "Fire alarm restored"),
    Kind.SPRINKLER_FLOW: Phrase("Sprinkler in werking", "Sprinkler flow"),
    Kind.EVACUATION_STARTED: Phrase("Ontruiming", "Evacuation"),
    Kind.ACCESS_FORCED: Phrase("Deur geforceerd", "Door forced"),
    Kind.ACCESS_HELD_OPEN: Phrase("Deur staat te lang open", "Door held open"),
    Kind.ACCESS_DENIED: Phrase("Toegang geweigerd", "Access denied"),
    Kind.ACCESS_DURESS: Phrase("Toegang onder dwang", "Access under duress"),
    Kind.ACCESS_TAMPER: Phrase("Sabotage toegangscontrole", "Access control tampered with"),
    Kind.BURGLARY: Phrase("Inbraak", "Burglary"),
    Kind.THEFT: Phrase("Diefstal", "Theft"),
    Kind.TRAFFIC_ACCIDENT: Phrase("Verkeersongeval", "Traffic accident"),
    Kind.MEDICAL: Phrase("Medische hulp", "Medical emergency"),
    Kind.PSYCHOLOGICAL: Phrase("Persoon in psychische nood", "Person in psychological distress"),
    Kind.HAZMAT: Phrase("Gevaarlijke stoffen", "Hazardous materials"),
    Kind.GAS: Phrase("Gaslek", "Gas leak"),
    Kind.WATER: Phrase("Wateroverlast", "Water leak"),
    Kind.POWER: Phrase("Stroomuitval", "Power failure"),
    Kind.THREAT_BOMB: Phrase("Bommelding", "Bomb threat"),
    Kind.THREAT_VIOLENCE: Phrase("Dreiging met geweld", "Threat of violence"),
    Kind.CYBER: Phrase("Cyberincident", "Cyber incident"),
    Kind.WEATHER: Phrase("Weeralarm", "Weather warning"),
    Kind.TRAVEL: Phrase("Reisrisico", "Travel risk"),
    Kind.SOCIAL_SAFETY: Phrase("Sociale veiligheid", "Social safety"),
    Kind.NEAR_MISS: Phrase("Bijna-ongeval", "Near miss"),
    Kind.SOURCE_SILENT: Phrase("Melder zwijgt", "Source silent"),
    Kind.OTHER: Phrase("Incident", "Incident"),
}
FIRE_TEST = Phrase("Test brandmeldinstallatie", "Fire alarm system test")
ACCESS_GRANTED = Phrase("Toegang verleend", "Access granted")
RESOLVED = Phrase("Opgelost", "Resolved")


def read_in(title: str, language: Language) -> str:
    """The title with the phrase that it begins with in the reader's language; what a source wrote itself stays."""
    over, is_over, what = title.partition(": ")
    if is_over and over in (RESOLVED.nl, RESOLVED.en):
        return f"{RESOLVED.read_in(language)}: {_phrase_in(what, language)}"
    return _phrase_in(title, language)


def _phrase_in(title: str, language: Language) -> str:
    begin, comma, rest = title.partition(", ")
    phrase = _phrases().get(begin)
    return f"{phrase.read_in(language)}{comma}{rest}" if phrase else title


@cache
def _phrases() -> Mapping[str, Phrase]:
    """By their words in either language."""
    every = (*KINDS.values(), FIRE_TEST, ACCESS_GRANTED)
    return {words: phrase for phrase in every for words in (phrase.nl, phrase.en)}
