"""What the published JSON schemas of CASE 1.0 and 1.1 (1EdTech) require, class by class.

Written from the standard's own tables, which may not be copied here: the members of each class with
their kinds, which of them are required (``!``), and that no other members may stand beside them.
"""

from __future__ import annotations

from typing import Any

_UUID = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
}
_KINDS: dict[str, dict[str, Any]] = {
    "uuid": _UUID,
    "text": {"type": "string"},
    "uri": {"type": "string", "format": "uri", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*:"},
    "moment": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "whole": {"type": "integer"},
    "number": {"type": "number"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "any": {"type": "object"},
    "version": {"enum": ["1.1"]},
    "kind": {
        "anyOf": [
            {
                "enum": [
                    "isChildOf",
                    "isPeerOf",
                    "isPartOf",
                    "exactMatchOf",
                    "precedes",
                    "isRelatedTo",
                    "replacedBy",
                    "exemplar",
                    "hasSkillLevel",
                    "isTranslationOf",
                ]
            },
            {"type": "string", "pattern": r"(ext:)[a-zA-Z0-9.\-_]+"},
        ]
    },
}
_HEAD = {"identifier": "uuid!", "uri": "uri!", "lastChangeDateTime": "moment!"}
_CLASSES: dict[str, dict[str, str]] = {
    "Link": {"title": "text!", "identifier": "uuid!", "uri": "uri!"},
    "Node": {"title": "text!", "identifier": "text!", "uri": "uri!", "targetType": "text"},
    "Document": {
        **_HEAD,
        "frameworkType": "text",
        "caseVersion": "version",
        "creator": "text!",
        "title": "text!",
        "officialSourceURL": "uri",
        "publisher": "text",
        "description": "text",
        "subject": "texts",
        "subjectURI": "[Link]",
        "language": "text",
        "version": "text",
        "adoptionStatus": "text",
        "statusStartDate": "day",
        "statusEndDate": "day",
        "licenseURI": "Link",
        "notes": "text",
        "extensions": "any",
    },
    "Item": {
        **_HEAD,
        "fullStatement": "text!",
        "alternativeLabel": "text",
        "CFItemType": "text",
        "humanCodingScheme": "text",
        "listEnumeration": "text",
        "abbreviatedStatement": "text",
        "conceptKeywords": "texts",
        "conceptKeywordsURI": "Link",
        "notes": "text",
        "subject": "texts",
        "subjectURI": "[Link]",
        "language": "text",
        "educationLevel": "texts",
        "CFItemTypeURI": "Link",
        "licenseURI": "Link",
        "statusStartDate": "day",
        "statusEndDate": "day",
        "extensions": "any",
    },
    "Association": {
        **_HEAD,
        "associationType": "kind!",
        "sequenceNumber": "whole",
        "originNodeURI": "Node!",
        "destinationNodeURI": "Node!",
        "CFAssociationGroupingURI": "Link",
        "notes": "text",
        "extensions": "any",
    },
    "Level": {
        **_HEAD,
        "description": "text",
        "quality": "text",
        "score": "number",
        "feedback": "text",
        "position": "whole",
        "rubricCriterionId": "uuid",
    },
    "Criterion": {
        **_HEAD,
        "category": "text",
        "description": "text",
        "CFItemURI": "Link",
        "weight": "number",
        "position": "whole",
        "rubricId": "uuid",
        "CFRubricCriterionLevels": "[Level]",
        "extensions": "any",
    },
    "Rubric": {
        **_HEAD,
        "title": "text",
        "description": "text",
        "CFRubricCriteria": "[Criterion]",
        "extensions": "any",
    },
    "Package": {
        "CFDocument": "Document!",
        "CFItems": "[Item]",
        "CFAssociations": "[Association]",
        "CFDefinitions": "any",
        "CFRubrics": "[Rubric]",
        "extensions": "any",
    },
}
#: New in 1.1; a package of 1.0 has none of these.
_NEW = {"extensions", "frameworkType", "caseVersion", "targetType"}


def _member(kind: str) -> dict[str, Any]:
    kind = kind.removesuffix("!")
    if kind.startswith("["):
        return {"type": "array", "items": {"$ref": f"#/$defs/{kind[1:-1]}"}}
    return _KINDS.get(kind, {"$ref": f"#/$defs/{kind}"})


def case_schema(version: str) -> dict[str, Any]:
    """The schema of a package of version 1.0 or 1.1."""
    left_out = _NEW if version == "1.0" else set()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/$defs/Package",
        "$defs": {
            name: {
                "type": "object",
                "properties": {
                    key: _member(kind) for key, kind in members.items() if key not in left_out
                },
                "required": [key for key, kind in members.items() if kind.endswith("!")],
                "additionalProperties": False,
            }
            for name, members in _CLASSES.items()
        },
    }
