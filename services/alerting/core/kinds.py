"""What each kind of incident is called by those who must act on it."""

from services.alerting.core.facts import Phrase
from shared.words import Kind

_WORDS = {
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


def kind_words(kind: Kind) -> Phrase:
    """The kind in Dutch and English."""
    return _WORDS[kind]
