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


class Edited(admin.ModelAdmin):  # type: ignore[type-arg]
    """Seen and edited by who has a permission of the house; `one_row`: there is one, which stays."""

    permission: str
    one_row = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_for(request.user).may(self.permission)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and not (self.one_row and self.model.objects.exists())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request) and not self.one_row

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(CustomerRules)
class CustomerRulesAdmin(Edited):
    """When customers are warned of a delay; one row."""

    permission, one_row = "messaging.edit_templates", True
    list_display = ["__str__", "late_by", "moved_by", "gap", "most", "ahead"]

    def save_model(self, request: HttpRequest, obj: CustomerRules, form: Any, change: bool) -> None:
        change_customer_rules(obj, actor=actor_for(request.user), now=clock.now())


@admin.register(PositionRules)
class PositionRulesAdmin(Edited):
    """Which places of technicians are never kept; one row."""

    permission, one_row = "field.edit", True

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


class HelpRulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = HelpRules
        fields = ["answer_minutes", "next_minutes", "phone", "last_phone", "last_email"]
        field_classes = {"phone": Ringing, "last_phone": Ringing}


@admin.register(HelpRules)
class HelpRulesAdmin(Edited):
    """How long technicians wait for help; one row."""

    permission, one_row = "field.edit", True
    form = HelpRulesForm
    list_display = ["__str__", "phone", "last_phone", "last_email"]

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
class HelpDutyAdmin(Edited):
    """Who is on duty for technicians who ask for help."""

    permission = "field.edit"
    form = HelpDutyForm
    list_display = ["person", "job_type", "phone", "days", "starts", "ends", "first_day", "last_day"]

    def save_model(self, request: HttpRequest, obj: HelpDuty, form: Any, change: bool) -> None:
        set_help_duty(obj, actor=actor_for(request.user), now=clock.now())

    def delete_model(self, request: HttpRequest, obj: HelpDuty) -> None:
        end_help_duty(obj.pk, actor=actor_for(request.user), now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[HelpDuty]") -> None:
        for one in queryset:
            self.delete_model(request, one)
