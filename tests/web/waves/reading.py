"""How long the questions take: the words that are seen, and what is tapped and typed.

Words a minute: the standard texts of Trauzettel-Klosinski and Dietz, "Standardized assessment of
reading performance: the new International Reading Speed Texts IReST", Investigative Ophthalmology
& Visual Science 53 (2012): 228 in English, 218 in Spanish. Tapping and typing: the keystroke-level
model of Card, Moran and Newell, "The keystroke-level model for user performance time with
interactive systems", Communications of the ACM 23 (1980): 1.35 s to make up one's mind and 1.1 s to
point for each answer, 1.1 s for a button that leads on, 0.28 s for each sign typed.

What has been read before on the way (a label, a choice, a hint that stands on each page) is recognized:
a glance of 0.275 s for each such piece of text, a mean fixation in looking for something (Rayner, "Eye
movements in reading and information processing", Psychological Bulletin 124, 1998).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

WORDS_A_MINUTE = {"en": 228, "es": 218}
MIND, POINT, SIGN = 1.35, 1.1, 0.28
GLANCE = 0.275

_VOID = {"input", "br", "img", "meta", "link", "hr", "path", "use", "source", "wbr"}
_UNREAD = {"script", "style", "template", "option", "svg", "head"}
#: Not drawn, for those who see, until something beside it is ticked.
_UNSEEN = {"usa-sr-only", "bc-nojs", "bc-offer__more", "bc-else"}


class _Seen(HTMLParser):
    """The text of ``main`` that stands on the screen: what is folded away or hidden is not read."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, str]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        values = dict(given)
        kinds = set((values.get("class") or "").split())
        state = "seen"
        if tag in _UNREAD or "hidden" in values or kinds & _UNSEEN:
            state = "hidden"
        elif tag == "details" and "open" not in values:
            state = "folded"
        elif tag == "summary" and self.stack and self.stack[-1][1] == "folded":
            state = "summary"
        self.stack.append((tag, state))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self.stack) - 1, -1, -1):
            if self.stack[at][0] == tag:
                del self.stack[at:]
                return

    def handle_data(self, data: str) -> None:
        if not any(tag == "main" for tag, _state in self.stack):
            return
        states = [state for _tag, state in self.stack]
        if "hidden" in states:
            return
        for at, state in enumerate(states):
            if state == "folded" and (at + 1 == len(states) or states[at + 1] != "summary"):
                return
        if any(sign.isalnum() for sign in data):
            self.texts.append(" ".join(data.split()))


def texts_seen(page: str) -> list[str]:
    """The pieces of text that stand on the screen, in order."""
    parser = _Seen()
    parser.feed(page)
    return parser.texts


def words_in(text: str) -> int:
    return sum(any(sign.isalnum() for sign in word) for word in text.split())


@dataclass
class Effort:
    """What one person reads, taps and types."""

    language: str
    pages: int = 0
    #: All words on the screens, and those of texts that had not been read before.
    words: int = 0
    new_words: int = 0
    glances: int = 0
    answers: int = 0
    buttons: int = 0
    signs: int = 0
    known: set[str] = field(default_factory=set)
    by_page: list[tuple[str, int, int]] = field(default_factory=list)

    def read(self, name: str, page: str) -> None:
        self.pages += 1
        words, new = 0, 0
        for text in texts_seen(page):
            words += words_in(text)
            if text in self.known:
                self.glances += 1
            else:
                self.known.add(text)
                new += words_in(text)
        self.words += words
        self.new_words += new
        self.by_page.append((name, words, new))

    def give(self, values: dict[str, Any]) -> None:
        """One tap for each answer, and a sign for each digit and letter that is typed."""
        for name, value in values.items():
            self.answers += 1
            if not name.startswith(("stance", "sure", "point", "refill", "skill")) and value != "1":
                self.signs += len(str(value))

    @property
    def hands(self) -> float:
        answers = self.answers * (MIND + POINT)
        return (answers + self.buttons * POINT + self.signs * SIGN) / 60

    @property
    def reading(self) -> float:
        """Minutes of reading, texts that return being recognized."""
        return self.new_words / WORDS_A_MINUTE[self.language] + self.glances * GLANCE / 60

    @property
    def reading_anew(self) -> float:
        """Minutes of reading if nobody remembered a word from one page to the next."""
        return self.words / WORDS_A_MINUTE[self.language]

    @property
    def minutes(self) -> float:
        return self.reading + self.hands

    @property
    def minutes_anew(self) -> float:
        return self.reading_anew + self.hands
