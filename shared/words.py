"""The closed vocabularies of events and rules: CAP 1.2 words, incident kinds, states."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened; dotted, the part before the dot is the family."""

    FIRE_ALARM = "fire.alarm"
    FIRE_FAULT = "fire.fault"
    FIRE_RESTORED = "fire.restored"
    SPRINKLER_FLOW = "sprinkler.flow"
    EVACUATION_STARTED = "evacuation.started"
    ACCESS_FORCED = "access.forced"
    ACCESS_HELD_OPEN = "access.held_open"
    ACCESS_DENIED = "access.denied"
    ACCESS_DURESS = "access.duress"
    ACCESS_TAMPER = "access.tamper"
    BURGLARY = "burglary"
    THEFT = "theft"
    TRAFFIC_ACCIDENT = "traffic.accident"
    MEDICAL = "medical"
    PSYCHOLOGICAL = "psychological"
    HAZMAT = "hazmat"
    GAS = "gas"
    WATER = "water"
    POWER = "power"
    THREAT_BOMB = "threat.bomb"
    THREAT_VIOLENCE = "threat.violence"
    CYBER = "cyber"
    WEATHER = "weather"
    TRAVEL = "travel"
    SOCIAL_SAFETY = "social_safety"
    NEAR_MISS = "near_miss"
    SOURCE_SILENT = "source.silent"
    OTHER = "other"


class Category(StrEnum):
    """The six chapters of the yearly Monitor Veiligheid."""

    BUILDINGS_LABS = "buildings_labs"
    CAMPUS_TERRAIN = "campus_terrain"
    CYBER = "cyber"
    EMPLOYEES_STUDENTS = "employees_students"
    INTERNATIONALISATION = "internationalisation"
    CRISIS = "crisis"


class Severity(StrEnum):
    """CAP 1.2 severity, lower case."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """4 for extreme down to 0 for unknown, to compare by."""
        return _RANK[self]


_RANK = {s: 4 - i for i, s in enumerate(Severity)}


class Urgency(StrEnum):
    """CAP 1.2 urgency, lower case."""

    IMMEDIATE = "immediate"
    EXPECTED = "expected"
    FUTURE = "future"
    PAST = "past"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """CAP 1.2 certainty, lower case."""

    OBSERVED = "observed"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


class Confidentiality(StrEnum):
    """Who may see it: everybody, staff, or only the confidential advisers."""

    OPEN = "open"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"


class AlertState(StrEnum):
    """Where an alert stands: looking for people, enough coming, nobody left to page, done."""

    PAGING = "paging"
    STAFFED = "staffed"
    EXHAUSTED = "exhausted"
    CLOSED = "closed"


class PageState(StrEnum):
    """How far one page got."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    STOOD_DOWN = "stood_down"


class Answer(StrEnum):
    """What a paged member answered."""

    COMING = "coming"
    NOT_COMING = "not_coming"
    ARRIVED = "arrived"


class MessageType(StrEnum):
    """The four messages a member can receive about one page."""

    PAGE = "page"
    UPDATE = "update"
    STAND_DOWN = "stand_down"
    RESTORED = "restored"


class Function(StrEnum):
    """What a responder is trained for."""

    LEAD = "lead"
    FIRST_AID = "first_aid"
    AED = "aed"
    BREATHING_AIR = "breathing_air"


class Language(StrEnum):
    """The languages people read."""

    NL = "nl"
    EN = "en"


class Role(StrEnum):
    """Who may do what (the table is in shared/auth.py)."""

    OPERATOR = "operator"
    RESPONDER = "responder"
    TEAM_LEAD = "team_lead"
    FACILITY_MANAGER = "facility_manager"
    DIRECTOR = "director"
    ADVISER = "confidential_adviser"
    AUDITOR = "auditor"
    ADMIN = "admin"
