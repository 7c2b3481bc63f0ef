from importlib import import_module
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blisko.access.queries import declared_permissions
from blisko.accounts.models import Role, User

# Django's own form for signing in knows neither the second factor nor the limit of tries: everybody comes through the one door.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = settings.BLISKO_BRAND
admin.site.index_title = _("Administration")
# Roles are ours, an address belongs to its user, and the seed of a second factor is nobody's to see.
for model in (Group, EmailAddress, Authenticator):
    import_module(f"{apps.get_app_config(model._meta.app_label).name}.admin")  # it registers itself, and may come after us
    admin.site.unregister(model)


@admin.register(Authenticator)
class SecondFactorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Whose telephone is lost can be let in again: an admin takes the second factor away."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: object) -> bool:
        return False


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    permissions = forms.MultipleChoiceField(choices=list, widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, gettext(words)) for code, words in declared_permissions().items()]
        self.fields["permissions"].choices = choices  # type: ignore[attr-defined]

    class Meta:
        model = Role
        fields = ["code", "names", "permissions"]


@admin.register(Role)
class RoleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = RoleForm
    list_display = ["code", "names", "permissions"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["email", "name", "language", "is_active"]
    list_filter = ["roles", "is_active"]
    search_fields = ["email", "name"]
    filter_horizontal = ["roles"]
    exclude = ["password", "last_login"]
