from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blisko.accounts.queries import actor_for
from blisko.kit import clock
from blisko.kit.phones import BadContact, clean_phone
from blisko.live.models import CustomerRules, HelpDuty, HelpRules, PositionRules
from blisko.live.services.delays import change_customer_rules
from blisko.live.services.help import change_help_rules, end_help_duty, set_help_duty
from blisko.live.services.positions import change_position_rules


def _edits_words(request: HttpRequest) -> bool:
    return actor_for(request.user).may("messaging.edit_templates")


@admin.register(CustomerRules)
class CustomerRulesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """When customers are warned of a delay; one row."""

    list_display = ["__str__", "late_by", "moved_by", "gap", "most", "ahead"]

    def has_view_permission(self, request: HttpRequest, obj: CustomerRules | None = None) -> bool:
        return _edits_words(request)

    def has_change_permission(self, request: HttpRequest, obj: CustomerRules | None = None) -> bool:
        return _edits_words(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _edits_words(request) and not CustomerRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: CustomerRules | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _edits_words(request)

    def save_model(self, request: HttpRequest, obj: CustomerRules, form: Any, change: bool) -> None:
        change_customer_rules(obj, actor=actor_for(request.user), now=clock.now())


def _edits_field(request: HttpRequest) -> bool:
    return actor_for(request.user).may("field.edit")


@admin.register(PositionRules)
class PositionRulesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Which places of technicians are never kept; one row."""

    def has_view_permission(self, request: HttpRequest, obj: PositionRules | None = None) -> bool:
        return _edits_field(request)

    def has_change_permission(self, request: HttpRequest, obj: PositionRules | None = None) -> bool:
        return _edits_field(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _edits_field(request) and not PositionRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: PositionRules | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _edits_field(request)

    def save_model(self, request: HttpRequest, obj: PositionRules, form: Any, change: bool) -> None:
        change_position_rules(obj, actor=actor_for(request.user), now=clock.now())


class Ringing(forms.CharField):
    """A telephone number, cleaned."""

    def clean(self, value: Any) -> str:
        said = str(super().clean(value))
        try:
            return clean_phone(said) if said else ""
        except BadContact as no:
            raise forms.ValidationError(gettext(str(no.words))) from None


class FieldEdits(admin.ModelAdmin):  # type: ignore[type-arg]
    """Edited by who edits the field."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _edits_field(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _edits_field(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _edits_field(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _edits_field(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _edits_field(request)


class HelpRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = HelpRules
        fields = ["answer_minutes", "next_minutes", "phone", "last_phone", "last_email"]
        field_classes = {"phone": Ringing, "last_phone": Ringing}


@admin.register(HelpRules)
class HelpRulesAdmin(FieldEdits):
    """How long technicians wait for help; one row."""

    form = HelpRulesForm
    list_display = ["__str__", "phone", "last_phone", "last_email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _edits_field(request) and not HelpRules.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: HelpRules, form: Any, change: bool) -> None:
        change_help_rules(obj, actor=actor_for(request.user), now=clock.now())


class HelpDutyForm(forms.ModelForm):  # type: ignore[type-arg]
    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        help_text=_("On which it begins."),
        coerce=int,
        choices=[(nr + 1, words) for nr, words in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = HelpDuty
        fields = ["person", "phone", "job_type", "days", "starts", "ends", "first_day", "last_day"]
        field_classes = {"phone": Ringing}


@admin.register(HelpDuty)
class HelpDutyAdmin(FieldEdits):
    """Who is on duty for technicians who ask for help."""

    form = HelpDutyForm
    list_display = ["person", "job_type", "phone", "days", "starts", "ends", "first_day", "last_day"]

    def save_model(self, request: HttpRequest, obj: HelpDuty, form: Any, change: bool) -> None:
        set_help_duty(obj, actor=actor_for(request.user), now=clock.now())

    def delete_model(self, request: HttpRequest, obj: HelpDuty) -> None:
        end_help_duty(obj.pk, actor=actor_for(request.user), now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[HelpDuty]") -> None:
        for one in queryset:
            self.delete_model(request, one)
