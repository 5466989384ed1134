"""What the published JSON schemas of CASE 1.0 and 1.1 (1EdTech) require, class by class.

Held field by field against the bindings of a CFPackage that the reference server OpenSALT carries,
which may not be copied here: the members of each class with their kinds, which of them are required
(``!``), the enumerations, and that no other members may stand beside them. Where the two differ this
table is the stricter one: identifiers are matched from end to end, a date is never null.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

#: 1.0 knows UUIDs of the versions 1 to 5; 1.1 takes any.
_UUID = {
    "1.0": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    "1.1": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
}
_RELATIONS = [
    "isChildOf",
    "isPeerOf",
    "isPartOf",
    "exactMatchOf",
    "precedes",
    "isRelatedTo",
    "replacedBy",
    "exemplar",
    "hasSkillLevel",
]
_EXTENDED = {"type": "string", "pattern": r"(ext:)[a-zA-Z0-9.\-_]+"}
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "uri": {"type": "string", "format": "uri", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*:"},
    "moment": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "whole": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "number": {"type": "number"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "any": {"type": "object"},
    "version": {"enum": ["1.1"]},
    "target": {"anyOf": [{"enum": ["CASE"]}, _EXTENDED]},
}
_HEAD = {"identifier": "uuid!", "uri": "uri!", "lastChangeDateTime": "moment!"}
_CLASSES: dict[str, dict[str, str]] = {
    "Link": {"title": "text!", "identifier": "uuid!", "uri": "uri!"},
    "Node": {"title": "text!", "identifier": "text!", "uri": "uri!", "targetType": "target"},
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
        # An array in the published binding of 1.1, unlike the extensions of every other class.
        "extensions": "[Extension]",
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
    "Definitions": {
        "CFConcepts": "[Concept]",
        "CFSubjects": "[Subject]",
        "CFLicenses": "[License]",
        "CFItemTypes": "[ItemType]",
        "CFAssociationGroupings": "[Grouping]",
        "extensions": "any",
    },
    "Concept": {
        **_HEAD,
        "title": "text!",
        "keywords": "text",
        "hierarchyCode": "text!",
        "description": "text",
        "extensions": "any",
    },
    "Subject": {
        **_HEAD,
        "title": "text!",
        "hierarchyCode": "text!",
        "description": "text",
        "extensions": "any",
    },
    "License": {
        **_HEAD,
        "title": "text!",
        "description": "text",
        "licenseText": "text!",
        "extensions": "any",
    },
    "ItemType": {
        **_HEAD,
        "title": "text!",
        "description": "text!",
        "hierarchyCode": "text!",
        "typeCode": "text",
        "extensions": "any",
    },
    "Grouping": {**_HEAD, "title": "text!", "description": "text", "extensions": "any"},
    "Package": {
        "CFDocument": "Document!",
        "CFItems": "[Item]",
        "CFAssociations": "[Association]",
        "CFDefinitions": "Definitions",
        "CFRubrics": "[Rubric]",
        "extensions": "any",
    },
}
#: New in 1.1, in every class or in those named; a package of 1.0 has none of these.
_NEW = {"extensions", "frameworkType", "caseVersion", "targetType"}
_NEW_IN = {"Item": {"subject", "subjectURI"}, "Association": {"notes"}}
#: Required in 1.1 only.
_REQUIRED_SINCE = {"ItemType": {"description"}}


def _member(kind: str, version: str) -> dict[str, Any]:
    kind = kind.removesuffix("!")
    if kind == "uuid":
        return {"type": "string", "pattern": _UUID[version]}
    if kind == "kind":
        if version == "1.0":
            return {"enum": _RELATIONS}
        return {"anyOf": [{"enum": [*_RELATIONS, "isTranslationOf"]}, _EXTENDED]}
    if kind == "[Extension]":
        return {"type": "array", "items": {"type": "object"}}
    if kind.startswith("["):
        return {"type": "array", "items": {"$ref": f"#/$defs/{kind[1:-1]}"}}
    return _KINDS.get(kind, {"$ref": f"#/$defs/{kind}"})


def case_schema(version: str) -> dict[str, Any]:
    """The schema of a package of version 1.0 or 1.1."""
    old = version == "1.0"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/$defs/Package",
        "$defs": {
            name: {
                "type": "object",
                "properties": {
                    key: _member(kind, version)
                    for key, kind in members.items()
                    if not old or key not in _NEW | _NEW_IN.get(name, set())
                },
                "required": [
                    key
                    for key, kind in members.items()
                    if kind.endswith("!") and not (old and key in _REQUIRED_SINCE.get(name, set()))
                ],
                "additionalProperties": False,
            }
            for name, members in _CLASSES.items()
        },
    }


# --- CTDL-ASN ------------------------------------------------------------------------------------

#: Members of the two classes in the Credential Registry's schemas, with their kinds; ``!``: required.
#: ``isTopChildOf``, ``dateModified`` and ``publisherName`` came after those schemas and stand in the
#: published vocabulary. Values in several languages may be lists there, so both are taken.
_MANY, _LINK = "links", "link"
CTDL: dict[str, dict[str, str]] = {
    "ceasn:CompetencyFramework": {
        "@type": "type!",
        "@id": "link!",
        "ceterms:ctid": "ctid!",
        "ceasn:name": "words!",
        "ceasn:description": "words!",
        "ceasn:inLanguage": "texts!",
        "ceasn:hasTopChild": _MANY,
        "ceasn:hasChild": _MANY,
        "ceasn:dateCreated": "text",
        "ceasn:dateModified": "text",
        "ceasn:publisherName": "words",
        "ceasn:license": _LINK,
        "ceasn:source": _MANY,
    },
    "ceasn:Competency": {
        "@type": "type!",
        "@id": "link!",
        "ceterms:ctid": "ctid!",
        "ceasn:competencyText": "words!",
        "ceasn:inLanguage": "texts!",
        "ceasn:isPartOf": f"{_MANY}!",
        "ceasn:isChildOf": _MANY,
        "ceasn:isTopChildOf": _MANY,
        "ceasn:hasChild": _MANY,
        "ceasn:competencyCategory": "words",
        "ceasn:comment": "words",
        "ceasn:codedNotation": "text",
        "ceasn:exactAlignment": _MANY,
        "ceasn:broadAlignment": _MANY,
        "ceasn:narrowAlignment": _MANY,
        "ceasn:weight": "number",
    },
}


def ctdl_problems(document: dict[str, Any], ours: str) -> list[str]:
    """What does not hold by the Registry's members, kinds and required terms; ``ours`` is an extension."""
    kinds: dict[str, dict[str, Any]] = {
        "type": {"enum": list(CTDL)},
        "ctid": {"type": "string", "pattern": "^ce-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        "link": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9+.-]*:"},
        "text": {"type": "string"},
        "number": {"type": "number"},
        "texts": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "words": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"},
            "additionalProperties": {
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
            },
            "minProperties": 1,
        },
    }
    kinds["links"] = {"type": "array", "items": kinds["link"], "minItems": 1}
    problems = []
    for node in document["@graph"]:
        members = CTDL[node["@type"]]
        schema = {
            "type": "object",
            "properties": {key: kinds[kind.removesuffix("!")] for key, kind in members.items()}
            | {ours: {}},
            "required": [key for key, kind in members.items() if kind.endswith("!")],
            "additionalProperties": False,
        }
        problems += [each.message for each in Draft202012Validator(schema).iter_errors(node)]
    return problems
