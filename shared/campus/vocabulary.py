"""The closed vocabularies of the campus file."""

from enum import StrEnum


class TeamKind(StrEnum):
    """What a team is for."""

    BHV = "bhv"
    INTERVENTION = "intervention"
    SECURITY = "security"
    CRISIS = "crisis"
    CERT = "cert"
    CONFIDENTIAL = "confidential"
    FACILITY = "facility"


class Faculty(StrEnum):
    """The faculties of the university."""

    BMS = "BMS"
    EEMCS = "EEMCS"
    ET = "ET"
    TNW = "TNW"
    ITC = "ITC"


class ChannelKind(StrEnum):
    """The ways to reach a member."""

    TABLET = "tablet"
    CONSOLE = "console"
    WEBHOOK = "webhook"


class Scope(StrEnum):
    """Which of intake's endpoints a source reports on."""

    FIRE = "fire"
    ACCESS = "access"
    TRAFFIC = "traffic"
    GENERAL = "general"
    ALERTMANAGER = "alertmanager"


class Day(StrEnum):
    """The days of the week, in the order of `date.weekday()`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class TeamWord(StrEnum):
    """The words in a step that depend on the building of the alert."""

    BHV = "bhv"
    BUDDY = "buddy"
    BUDDIES = "buddies"
