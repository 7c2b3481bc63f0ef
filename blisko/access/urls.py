from django.urls import path

from blisko.access import views

app_name = "access"
urlpatterns = [
    path("keys/", views.keys, name="keys"),
    path("keys/<int:key_id>/revoke/", views.revoke, name="revoke"),
]
