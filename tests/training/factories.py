"""Programs and what goes with them, made up."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from backcast.core.actor import acting
from backcast.core.text import fold
from backcast.frameworks.models import Cip, CipSoc, Credential, Occupation, Release, Wage, WageArea
from backcast.partners.models import LabourArea, Organisation, Region
from backcast.training import actions
from backcast.training.models import Program
from tests.cast import TESTS

CIP_TITLE = "Medical/Clinical Assistant"


def make_release(source: str = "onet", version: str = "29.0") -> Release:
    with acting(TESTS, "tests.make"):
        return Release.objects.get_or_create(
            source=source,
            version=version,
            defaults={"order": 1, "loaded_at": timezone.now(), "attribution": "", "licence": ""},
        )[0]


def make_occupation(soc: str, title: str = "") -> Occupation:
    title = title or f"Occupation {soc}"
    with acting(TESTS, "tests.make"):
        return Occupation.objects.get_or_create(
            code=f"{soc}.00",
            defaults={
                "soc": soc,
                "title": title,
                "folded": fold(title),
                "first_release": make_release(),
            },
        )[0]


def make_cip(code: str, *socs: str, teaches: tuple[str, ...] = ()) -> Cip:
    """A field of study that leads to these occupations (which are made, too)."""
    release = make_release("cip-soc", "2020")
    with acting(TESTS, "tests.make"):
        cip = Cip.objects.get_or_create(
            code=code, defaults={"title": f"Study {code}", "folded": f"study {code}"}
        )[0]
        for soc in (*socs, *teaches):
            make_occupation(soc)
            CipSoc.objects.create(
                cip=cip, soc=soc, soc_title=soc, teaches=soc in teaches, first_release=release
            )
    return cip


def make_employment(people: dict[str, int], *, code: str = "3400000", state: str = "NJ") -> None:
    """People employed by published SOC code in a state."""
    release = make_release("oews", "2025")
    with acting(TESTS, "tests.make"):
        area = WageArea.objects.create(code=code, title=state, kind="S", states=[state])
        for soc, count in people.items():
            Wage.objects.create(
                soc=soc, area=area, year=2025, release=release, title=soc, employment=count
            )


def make_credential(region: Region, name: str = "Demo Aide Certificate") -> Credential:
    with acting(TESTS, "tests.make"):
        return Credential.objects.get_or_create(
            region=region,
            name=name,
            defaults={"kind": Credential.Kind.CERTIFICATION, "folded": fold(name)},
        )[0]


def make_program(
    provider: Organisation, name: str = "Demo Medical Assistant", **values: Any
) -> Program:
    """A program as a provider would state it, in the first area of its region."""
    leads = values.pop("leads", ())
    stages = values.pop("stages", ("completed", "credentialed", "externship", "hired", "retained"))
    months = values.pop("months", ())
    area = values.pop("area", None) or LabourArea.objects.filter(region=provider.region_id).first()
    given = {
        "name": name,
        "cip_code": "51.0801",
        "area": area,
        "clock_hours": 720,
        "weeks": Decimal("24"),
        "total_cost": Decimal("4800"),
        "min_size": 8,
        "max_size": 20,
        "at_once": 2,
        **values,
    }
    return actions.add_program(
        provider, given, actor=TESTS, leads=leads, stages=stages, months=months
    )


def write_csv(path: Path, *rows: dict[str, str]) -> Path:
    """A CSV file with the columns of the first row."""
    import csv

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
