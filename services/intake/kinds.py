"""What follows from a kind when its source does not say: category and CAP words."""

from dataclasses import dataclass

from shared.words import Category, Certainty, Confidentiality, Kind, Severity, Urgency


@dataclass(frozen=True, slots=True)
class Defaults:
    """What is taken to be so of one kind."""

    category: Category
    severity: Severity
    certainty: Certainty

    @property
    def urgency(self) -> Urgency:
        """The hurry of its severity."""
        return urgency_of(self.severity)


_URGENCY = {
    Severity.EXTREME: Urgency.IMMEDIATE,
    Severity.SEVERE: Urgency.IMMEDIATE,
    Severity.MODERATE: Urgency.EXPECTED,
    Severity.MINOR: Urgency.UNKNOWN,
    Severity.UNKNOWN: Urgency.UNKNOWN,
}


def urgency_of(severity: Severity) -> Urgency:
    """People must act now, soon, or there is no hurry, when nobody says otherwise."""
    return _URGENCY[severity]


def confidentiality_of(kind: Kind, said: Confidentiality | None = None) -> Confidentiality:
    """Social safety is the confidential advisers' alone, whatever its source said; of the rest the source may say."""
    return Confidentiality.CONFIDENTIAL if kind is Kind.SOCIAL_SAFETY else said or Confidentiality.INTERNAL


_B, _T, _C = Category.BUILDINGS_LABS, Category.CAMPUS_TERRAIN, Category.CYBER
_P, _I, _X = Category.EMPLOYEES_STUDENTS, Category.INTERNATIONALISATION, Category.CRISIS
_EXTREME, _SEVERE, _MODERATE, _MINOR = Severity.EXTREME, Severity.SEVERE, Severity.MODERATE, Severity.MINOR
_OBSERVED, _LIKELY, _POSSIBLE = Certainty.OBSERVED, Certainty.LIKELY, Certainty.POSSIBLE

DEFAULTS: dict[Kind, Defaults] = {
    Kind.FIRE_ALARM: Defaults(_B, _SEVERE, _LIKELY),
    Kind.FIRE_FAULT: Defaults(_B, _MODERATE, _OBSERVED),
    Kind.FIRE_RESTORED: Defaults(_B, _MINOR, _OBSERVED),
    Kind.SPRINKLER_FLOW: Defaults(_B, _EXTREME, _OBSERVED),
    Kind.EVACUATION_STARTED: Defaults(_B, _EXTREME, _OBSERVED),
    Kind.ACCESS_FORCED: Defaults(_B, _SEVERE, _OBSERVED),
    Kind.ACCESS_HELD_OPEN: Defaults(_B, _MODERATE, _OBSERVED),
    Kind.ACCESS_DENIED: Defaults(_B, _MODERATE, _OBSERVED),
    Kind.ACCESS_DURESS: Defaults(_B, _EXTREME, _LIKELY),
    Kind.ACCESS_TAMPER: Defaults(_B, _MODERATE, _OBSERVED),
    Kind.BURGLARY: Defaults(_B, _SEVERE, _LIKELY),
    Kind.THEFT: Defaults(_T, _MODERATE, _OBSERVED),
    Kind.TRAFFIC_ACCIDENT: Defaults(_T, _MODERATE, _OBSERVED),
    Kind.MEDICAL: Defaults(_P, _SEVERE, _LIKELY),
    Kind.PSYCHOLOGICAL: Defaults(_P, _SEVERE, _LIKELY),
    Kind.HAZMAT: Defaults(_B, _EXTREME, _LIKELY),
    Kind.GAS: Defaults(_B, _EXTREME, _LIKELY),
    Kind.WATER: Defaults(_B, _MODERATE, _OBSERVED),
    Kind.POWER: Defaults(_B, _MODERATE, _OBSERVED),
    Kind.THREAT_BOMB: Defaults(_X, _EXTREME, _POSSIBLE),
    Kind.THREAT_VIOLENCE: Defaults(_X, _SEVERE, _POSSIBLE),
    Kind.CYBER: Defaults(_C, _MODERATE, _LIKELY),
    Kind.WEATHER: Defaults(_X, _MODERATE, _LIKELY),
    Kind.TRAVEL: Defaults(_I, _MODERATE, _LIKELY),
    Kind.SOCIAL_SAFETY: Defaults(_P, _MODERATE, _LIKELY),
    Kind.NEAR_MISS: Defaults(_P, _MINOR, _OBSERVED),
    Kind.SOURCE_SILENT: Defaults(_B, _MODERATE, _OBSERVED),
    Kind.OTHER: Defaults(_T, _MINOR, _LIKELY),
}
