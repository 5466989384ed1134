"""What a reader of needs must know of the region, and what it gives back. Nothing of Django."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from backcast.core.text import name_key
from backcast.demand.figures import Named, Statement
from backcast.demand.refusals import Refusal, Remark

_FORM = re.compile(
    r"\b(inc|incorporated|llc|l l c|corp|corporation|co|company|ltd|limited|lp|llp|the)\b"
)


def employer_key(name: str) -> str:
    """A name as it is compared: folded, without the words for its legal form."""
    folded = name_key(name)
    return " ".join(_FORM.sub(" ", folded).split()) or folded


def nearest(name: str, names: Sequence[str]) -> str | None:
    folded = {employer_key(n): n for n in names}
    near = difflib.get_close_matches(employer_key(name), folded, n=1, cutoff=0.75)
    return folded[near[0]] if near else None


@dataclass(frozen=True, slots=True)
class Employer:
    """An employer for whom the person may state needs, and its sites."""

    id: int
    name: str
    sites: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """What the region knows: employers, occupations by code, credentials, competencies, needs.

    An occupation without a code stands under its title; ``by_soc`` has all under their SOC codes.
    ``refs`` maps the number of each need that the person may change to its employer's id.
    """

    employers: tuple[Employer, ...]
    occupations: Mapping[str, Named] = field(default_factory=dict)
    by_soc: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    credentials: tuple[Named, ...] = ()
    competencies: tuple[Named, ...] = ()
    refs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadNeed:
    """A need as the rows state it. ``ref``: the number of the need that it changes, if named.

    ``draft``: a new one is not stated; a person completes it first.
    """

    statement: Statement
    rows: tuple[int, ...]
    ref: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. ``rows_in`` = ``rows_used`` + ``rows_refused``; examples are not counted."""

    needs: tuple[ReadNeed, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    rows_in: int
    examples: int = 0

    @property
    def rows_used(self) -> int:
        return sum(len(need.rows) for need in self.needs)

    @property
    def rows_refused(self) -> int:
        return self.rows_in - self.rows_used

    def without(self, refused: Sequence[tuple[ReadNeed, Refusal]]) -> Reading:
        """The same with some needs refused after all."""
        out = {id(need) for need, _refusal in refused}
        return replace(
            self,
            needs=tuple(need for need in self.needs if id(need) not in out),
            refusals=(*self.refusals, *(refusal for _need, refusal in refused)),
        )
