from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from unfold.admin import ModelAdmin

from blisko.accounts.models import Role, User


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    permissions = forms.MultipleChoiceField(choices=list, widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = declared_permissions()  # type: ignore[attr-defined]

    class Meta:
        model = Role
        fields = ["code", "names", "permissions"]


def declared_permissions() -> list[tuple[str, str]]:
    """Answer every permission that some app's rules declare."""
    found: dict[str, str] = {}
    for app in apps.get_app_configs():
        if app.name.startswith("blisko.") and find_spec(f"{app.name}.rules"):
            found |= getattr(import_module(f"{app.name}.rules"), "PERMISSIONS", {})
    return sorted(found.items())


@admin.register(Role)
class RoleAdmin(ModelAdmin):  # type: ignore[misc]
    form = RoleForm
    list_display = ["code", "names", "permissions"]


@admin.register(User)
class UserAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["email", "name", "language", "is_active"]
    list_filter = ["roles", "is_active"]
    search_fields = ["email", "name"]
    filter_horizontal = ["roles"]
    exclude = ["password", "last_login"]
