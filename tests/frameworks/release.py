"""Small made-up O*NET releases, laid out as the real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

HEADS: Mapping[str, Sequence[str]] = {
    "Occupation Data": ("O*NET-SOC Code", "Title", "Description"),
    "Alternate Titles": ("O*NET-SOC Code", "Alternate Title", "Short Title", "Source(s)"),
    "Sample of Reported Titles": (
        "O*NET-SOC Code",
        "Reported Job Title",
        "Shown in My Next Move",
    ),
    "Task Statements": (
        "O*NET-SOC Code",
        "Task ID",
        "Task",
        "Task Type",
        "Incumbents Responding",
        "Date",
        "Domain Source",
    ),
    "DWA Reference": ("Element ID", "IWA ID", "DWA ID", "DWA Title"),
    "Tasks to DWAs": ("O*NET-SOC Code", "Task ID", "DWA ID", "Date", "Domain Source"),
    "Technology Skills": (
        "O*NET-SOC Code",
        "Example",
        "Commodity Code",
        "Commodity Title",
        "Hot Technology",
    ),
    "Job Zones": ("O*NET-SOC Code", "Job Zone", "Date", "Domain Source"),
    "Related Occupations": (
        "O*NET-SOC Code",
        "Related O*NET-SOC Code",
        "Relatedness Tier",
        "Index",
    ),
    "Education, Training, and Experience": (
        "O*NET-SOC Code",
        "Element ID",
        "Element Name",
        "Scale ID",
        "Category",
        "Data Value",
        "N",
        "Standard Error",
        "Lower CI Bound",
        "Upper CI Bound",
        "Recommend Suppress",
        "Date",
        "Domain Source",
    ),
    "Content Model Reference": ("Element ID", "Element Name", "Description"),
    "Level Scale Anchors": (
        "Element ID",
        "Element Name",
        "Scale ID",
        "Anchor Value",
        "Anchor Description",
    ),
    "Scales Reference": ("Scale ID", "Scale Name", "Minimum", "Maximum"),
    "Skills": (
        "O*NET-SOC Code",
        "Element ID",
        "Element Name",
        "Scale ID",
        "Data Value",
        "N",
        "Standard Error",
        "Lower CI Bound",
        "Upper CI Bound",
        "Recommend Suppress",
        "Not Relevant",
        "Date",
        "Domain Source",
    ),
}

NURSE, AIDE, ASSISTANT, DRAWER = "29-1141.00", "31-1131.00", "31-9092.00", "31-9097.00"


def schooling(
    code: str, category: object, value: object, *, suppress: str = "N", scale: str = "RL"
) -> tuple[object, ...]:
    head = (code, "2.D.1", "Required Level of Education", scale, category, value, 29)
    return (*head, 1.2, "n/a", "n/a", suppress, "08/2023", "Incumbent")


Tables = dict[str, list[tuple[object, ...]]]


def rating(
    code: str, scale: str, value: float, *, suppress: str = "N", irrelevant: str = "n/a"
) -> tuple[object, ...]:
    head = (code, "2.A.1.b", "Active Listening", scale, value)
    return (*head, 8, 0.1, "n/a", "n/a", suppress, irrelevant, "08/2023", "Analyst")


def tables() -> Tables:
    """A release of four occupations. Change what comes back, then ``write`` it."""
    return {
        "Occupation Data": [
            (NURSE, "Registered Nurses", "Assess patients."),
            (AIDE, "Nursing Assistants", "Provide basic care."),
            (ASSISTANT, "Medical Assistants", "Do clinical and clerical work."),
            (DRAWER, "Phlebotomists", "Draw blood for tests."),
        ],
        "Alternate Titles": [
            (NURSE, "Registered Nurse (RN)", "RN", "02"),
            (NURSE, "Staff Nurse", "n/a", "02"),
            (AIDE, "Certified Nursing Assistant (CNA)", "CNA", "02,04"),
            (AIDE, "Nurse Aide", "n/a", "04"),
            (ASSISTANT, "Certified Medical Assistant (CMA)", "CMA", "02"),
            (DRAWER, "Phlebotomy Technician", "n/a", "08"),
        ],
        "Sample of Reported Titles": [(AIDE, "Certified Nursing Assistant (CNA)", "Y")],
        "Task Statements": [
            (AIDE, 1, "Turn or reposition bedridden patients.", "Core", 90, "08/2023", "Incumbent"),
            (DRAWER, 2, "Draw blood from veins.", "Core", 80, "08/2023", "Incumbent"),
            (DRAWER, 3, "Clean work areas.", "Supplemental", "n/a", "08/2023", "Incumbent"),
        ],
        "DWA Reference": [("4.A.3.a.2", "4.A.3.a.2.I01", "4.A.3.a.2.I01.D01", "Draw blood.")],
        "Tasks to DWAs": [(DRAWER, 2, "4.A.3.a.2.I01.D01", "08/2023", "Analyst")],
        "Technology Skills": [(NURSE, "Epic Systems", 42_000_001, "Medical software", "Y")],
        "Job Zones": [(NURSE, 3, "08/2023", "Analyst"), (AIDE, 2, "08/2023", "Analyst")],
        "Related Occupations": [(AIDE, DRAWER, "Primary-Short", 1)],
        "Content Model Reference": [
            ("2.A.1", "Content", "A heading."),
            ("2.A.1.b", "Active Listening", "Giving full attention."),
            ("4.A.3.a.2", "Handling and Moving Objects", "Using hands."),
        ],
        "Level Scale Anchors": [
            ("2.A.1.b", "Active Listening", "LV", 2, "Take a customer's order"),
            ("2.A.1.b", "Active Listening", "LV", 6, "Preside as judge"),
        ],
        "Scales Reference": [("IM", "Importance", 1, 5), ("LV", "Level", 0, 7)],
        "Skills": [
            rating(NURSE, "IM", 4.25),
            rating(NURSE, "LV", 4.5, irrelevant="N"),
            rating(AIDE, "IM", 1.5),
            rating(AIDE, "LV", 0.5, irrelevant="Y"),
            rating(DRAWER, "IM", 3.0, suppress="Y"),
        ],
    }


def write(folder: Path, version: str, content: Tables) -> Path:
    """Write the release as text files, with its Read Me; returns its folder."""
    release = folder / f"release-{version}"
    release.mkdir(exist_ok=True)
    (release / "Read Me.txt").write_text(f"O*NET {version} Database\n", encoding="utf-8")
    for title, rows in content.items():
        lines = [HEADS[title], *rows]
        text = "".join("\t".join(map(str, line)) + "\n" for line in lines)
        (release / f"{title}.txt").write_text(text, encoding="utf-8")
    return release
