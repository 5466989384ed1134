"""Our own short words for the demonstration's occupations: what they do and what they take.

Written for the demonstration, so that it works with no outside data; the true O*NET texts replace
them wherever a release of O*NET has been loaded.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A description and the competencies that employers of the demonstration ask for."""

    description: str
    competencies: tuple[str, ...]


WORDS: dict[str, Words] = {
    "31-1131.00": Words(
        "Help patients and residents with washing, eating, moving and rest, under a nurse.",
        (
            "Measure and record vital signs",
            "Move and lift people safely",
            "Notice and report changes in a resident's condition",
        ),
    ),
    "31-9092.00": Words(
        "Keep a clinic moving: prepare patients, take readings, assist at exams, keep records.",
        (
            "Take a patient's history and readings",
            "Give injections as ordered",
            "Schedule visits and keep electronic records",
        ),
    ),
    "31-9097.00": Words(
        "Draw blood for tests, label it without error and keep people at ease.",
        (
            "Draw blood from a vein safely",
            "Label and store samples without error",
            "Calm an anxious patient",
        ),
    ),
    "51-9161.00": Words(
        "Set up and run computer-controlled machine tools, and check the parts they make.",
        (
            "Read engineering drawings",
            "Set tools and offsets on a CNC machine",
            "Measure parts with calipers and micrometers",
        ),
    ),
    "29-2052.00": Words(
        "Prepare and hand out medicines under a pharmacist, and keep stock and records right.",
        (
            "Count, measure and label medicines",
            "Work out doses",
            "Handle insurance claims for prescriptions",
        ),
    ),
    "29-2061.00": Words(
        "Give bedside nursing care, medicines and treatments under a registered nurse.",
        (
            "Give medicines safely",
            "Dress and watch wounds",
            "Plan and chart nursing care",
        ),
    ),
    "53-3032.00": Words(
        "Drive heavy trucks over long or short routes, on time and within the rules.",
        (
            "Inspect a truck before a trip",
            "Back and couple a trailer",
            "Keep driving hours within the rules",
        ),
    ),
    "29-2055.00": Words(
        "Prepare the operating room, pass instruments and keep the field sterile.",
        (
            "Keep a sterile field",
            "Know and pass surgical instruments",
            "Count instruments and sponges",
        ),
    ),
    "31-9093.00": Words(
        "Clean, sterilize, check and pack instruments for operating rooms and wards.",
        (
            "Clean and sterilize instruments",
            "Assemble instrument trays",
            "Test and log sterilizer loads",
        ),
    ),
    "49-9041.00": Words(
        "Keep production machines running: find faults, repair, align and test.",
        (
            "Find faults in electrical and mechanical systems",
            "Repair pumps, drives and bearings",
            "Lock out machines before work",
        ),
    ),
    "29-2042.00": Words(
        "Answer emergencies, steady patients and bring them safely to care.",
        (
            "Assess a patient at the scene",
            "Give basic life support",
            "Drive and stock an ambulance",
        ),
    ),
    "31-9091.00": Words(
        "Set up treatment rooms, assist the dentist and look after patients.",
        (
            "Assist at the chair",
            "Take dental X-rays",
            "Sterilize dental instruments",
        ),
    ),
    "51-4121.00": Words(
        "Join and cut metal by hand or machine, to drawing and to code.",
        (
            "Weld in all positions",
            "Read welding symbols",
            "Inspect welds for flaws",
        ),
    ),
    "29-2072.00": Words(
        "Turn records of care into codes for billing and reports, and keep them right and private.",
        (
            "Code diagnoses and procedures",
            "Protect private health information",
            "Check records for gaps",
        ),
    ),
    "29-2012.00": Words(
        "Run and check laboratory tests on blood and other samples.",
        (
            "Run automated analyzers",
            "Check quality controls",
            "Examine samples under a microscope",
        ),
    ),
    "31-1121.00": Words(
        "Care for people in their own homes: washing, meals, medicines taken on time.",
        (
            "Help with daily living at home",
            "Remind about medicines and record them",
            "Notice and report risks at home",
        ),
    ),
    "51-9061.00": Words(
        "Check materials and finished parts against what was agreed.",
        (
            "Use gauges and test equipment",
            "Record results and sort out faults",
            "Read specifications",
        ),
    ),
    "29-2053.00": Words(
        "Look after people in mental distress, day by day and in crises.",
        (
            "Calm a person in crisis",
            "Watch and note behavior",
            "Lead group activities",
        ),
    ),
    "21-1094.00": Words(
        "Connect people with care and benefits, in the places where they live.",
        (
            "Explain health matters plainly",
            "Refer people to services and follow up",
            "Visit homes safely",
        ),
    ),
    "43-6013.00": Words(
        "Run the front desk of a practice: calls, appointments, records and bills.",
        (
            "Schedule and greet patients",
            "Enter insurance and billing data",
            "Use medical terms correctly",
        ),
    ),
}
