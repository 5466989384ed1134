"""Small made-up ESCO releases, laid out as the real ones."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

SKILL = "http://data.europa.eu/esco/skill/"
JOB = "http://data.europa.eu/esco/occupation/"
DRAW, TALK, BONES, CARE = (f"{SKILL}{n}" for n in ("draw", "talk", "bones", "care"))
LAB, AIDE = f"{JOB}lab", f"{JOB}aide"

HEADS: Mapping[str, Sequence[str]] = {
    "skills_en": (
        "conceptType",
        "conceptUri",
        "skillType",
        "reuseLevel",
        "preferredLabel",
        "altLabels",
        "hiddenLabels",
        "status",
        "description",
    ),
    "skillGroups_en": ("conceptUri", "preferredLabel", "altLabels", "status", "description"),
    "occupations_en": (
        "conceptUri",
        "iscoGroup",
        "preferredLabel",
        "altLabels",
        "hiddenLabels",
        "status",
        "description",
        "code",
    ),
    "ISCOGroups_en": ("conceptType", "conceptUri", "code", "preferredLabel", "description"),
    "occupationSkillRelations": ("occupationUri", "relationType", "skillType", "skillUri"),
    "skillSkillRelations": (
        "originalSkillUri",
        "originalSkillType",
        "relationType",
        "relatedSkillType",
        "relatedSkillUri",
    ),
    "broaderRelationsSkillPillar": ("conceptType", "conceptUri", "broaderType", "broaderUri"),
    "broaderRelationsOccPillar": ("conceptType", "conceptUri", "broaderType", "broaderUri"),
}

Tables = dict[str, list[tuple[str, ...]]]


def tables() -> Tables:
    """A release of two occupations and three skills. Change what comes back, then ``write`` it."""
    skill = "KnowledgeSkillCompetence"
    return {
        "skills_en": [
            (
                skill,
                DRAW,
                "skill/competence",
                "sector-specific",
                "draw blood",
                "take blood samples\ncollect blood\nDraw Blood",
                "venipuncture",
                "released",
                "Takes blood.",
            ),
            (
                skill,
                TALK,
                "skill/competence",
                "transversal",
                "listen to people",
                "",
                "",
                "released",
                "Listens.",
            ),
            (
                skill,
                BONES,
                "knowledge",
                "cross-sector",
                "human anatomy",
                "bones of people",
                "",
                "released",
                "",
            ),
            (skill, f"{SKILL}old", "knowledge", "", "phrenology", "", "", "obsolete", ""),
        ],
        "skillGroups_en": [(CARE, "caring for people", "", "released", "A heading.")],
        "occupations_en": [
            (
                LAB,
                "3212",
                "medical laboratory assistant",
                "lab helper\nblood drawer",
                "",
                "released",
                "Works in a laboratory.",
                "3212.2",
            ),
            (AIDE, "3212", "sample room aide", "", "", "released", "Helps.", "3212.2.1"),
        ],
        "ISCOGroups_en": [
            (
                "ISCOGroup",
                "http://data.europa.eu/esco/isco/C3212",
                "3212",
                "Laboratory technicians",
                "",
            )
        ],
        "occupationSkillRelations": [
            (LAB, "essential", "skill/competence", DRAW),
            (LAB, "optional", "knowledge", BONES),
            (f"{JOB}gone", "optional", "knowledge", BONES),
        ],
        "skillSkillRelations": [(DRAW, "skill/competence", "optional", "knowledge", BONES)],
        "broaderRelationsSkillPillar": [
            (skill, DRAW, "SkillGroup", CARE),
            (skill, TALK, "SkillGroup", CARE),
        ],
        "broaderRelationsOccPillar": [
            ("Occupation", LAB, "ISCOGroup", "http://data.europa.eu/esco/isco/C3212"),
            ("Occupation", AIDE, "Occupation", LAB),
        ],
    }


def write(folder: Path, version: str, content: Tables) -> Path:
    release = folder / f"ESCO dataset - v{version} - en - csv"
    release.mkdir(exist_ok=True)
    for title, rows in content.items():
        with (release / f"{title}.csv").open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([HEADS[title], *rows])
    return release
