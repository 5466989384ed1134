"""Forms of collaboratives, the employers that belong to them, and the roles they plan for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backcast.core.actor import Actor
from backcast.demand.models import Role
from backcast.partners.access import organisations
from backcast.partners.models import Collaborative, CollaborativeMember, Organisation
from backcast.web.frameworks.forms import OccupationChoice

_FIRST = {"autofocus": True}


class CollaborativeForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As its employers know it, such as “Northside Health Partnership”."),
        widget=forms.TextInput(attrs=_FIRST),
    )
    focus = forms.CharField(
        label=_("What it works on"),
        required=False,
        help_text=_("The shared problem, and why these employers solve it together."),
        widget=forms.Textarea,
    )

    @classmethod
    def of(cls, found: Collaborative, data: Any = None) -> CollaborativeForm:
        return cls(data, initial={"name": found.name, "focus": found.focus})


class AboutMemberForm(forms.Form):
    """How large an employer is. A headcount decides the size."""

    headcount = forms.IntegerField(
        label=_("People employed in the region"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=_("From its own word or a roster. It tells how much of the sector has answered."),
    )
    size = forms.ChoiceField(
        label=_("Size"),
        choices=[("", _("Choose")), *CollaborativeMember.Size.choices],
        required=False,
        help_text=_("Only where the number of people is not known."),
    )
    industry = forms.CharField(
        label=_("NAICS code"),
        max_length=6,
        required=False,
        help_text=_("2 to 6 digits, if you know it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    @classmethod
    def of(cls, member: CollaborativeMember, data: Any = None) -> AboutMemberForm:
        return cls(
            data,
            initial={
                "headcount": member.headcount,
                "size": member.size,
                "industry": member.industry,
            },
        )


class MemberForm(AboutMemberForm):
    field_order = ["employer", "headcount", "size", "industry"]

    employer = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Employer"), empty_label=_("Choose")
    )

    def __init__(self, actor: Actor, collaborative: Collaborative, data: Any = None) -> None:
        super().__init__(data)
        here = CollaborativeMember.objects.filter(collaborative=collaborative, left_on=None)
        field = self.fields["employer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            organisations(actor)
            .filter(kind=Organisation.Kind.EMPLOYER, archived_at=None)
            .exclude(pk__in=here.values("employer"))
            .order_by("name")
        )


class RoleForm(forms.Form):
    title = forms.CharField(
        label=_("Role"),
        max_length=160,
        help_text=_("The name that all employers understand. Each may call it otherwise."),
        widget=forms.TextInput(attrs=_FIRST),
    )
    occupation = OccupationChoice(
        label=_("Occupation"),
        required=False,
        max_length=200,
        help_text=_("Type a few letters and choose. Without one, plans cannot take the role in."),
    )
    why = forms.CharField(
        label=_("Why it matters"),
        required=False,
        help_text=_("Hard to fill, many people, or patients and customers depend on it."),
        widget=forms.Textarea,
    )

    def __init__(self, actor: Actor, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["occupation"]
        assert isinstance(field, OccupationChoice)
        field.actor = actor

    @classmethod
    def of(cls, actor: Actor, role: Role, data: Any = None) -> RoleForm:
        occupation = str(role.occupation) if role.occupation else ""
        return cls(
            actor, data, initial={"title": role.title, "occupation": occupation, "why": role.why}
        )
