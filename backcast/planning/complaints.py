"""What is wrong with an input, told so that it can be mended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong with an input: where, which field, what, and how to mend it."""

    where: str
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.where}, {self.field}" if self.field else self.where
        return f"{place}: {self.message} {self.remedy}".strip()


class ProblemError(ValueError):
    """The problem cannot be planned; ``complaints`` lists everything that is wrong."""

    def __init__(self, complaints: tuple[Complaint, ...] | list[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(map(str, self.complaints)))
