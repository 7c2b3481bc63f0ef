"""Which page lives where."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from config.api import api

urlpatterns = [
    path("", include("blisko.live.urls")),
    path("", include("blisko.ui.urls")),
    path("", include("blisko.messaging.urls")),
    path("", include("blisko.imports.urls")),
    path("", include("blisko.access.urls")),
    path("", include("blisko.webhooks.urls")),
    path("", include("blisko.reports.urls")),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
]
