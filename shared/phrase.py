"""The same words in both languages that people read."""

from dataclasses import dataclass

from shared.words import Language


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text in Dutch and in English."""

    nl: str
    en: str

    def read_in(self, language: Language) -> str:
        """The text in the reader's language."""
        return self.nl if language is Language.NL else self.en
