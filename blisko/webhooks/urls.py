from django.urls import path

from blisko.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("webhooks/", views.endpoints, name="endpoints"),
    path("webhooks/<int:endpoint_id>/", views.endpoint, name="endpoint"),
    path("webhooks/<int:endpoint_id>/edit/", views.edit, name="edit"),
    path("webhooks/<int:endpoint_id>/decide/", views.decide, name="decide"),
    path("webhooks/<int:endpoint_id>/rotate/", views.rotate, name="rotate"),
    path("webhooks/<int:endpoint_id>/remove/", views.remove, name="remove"),
    path("webhooks/<int:endpoint_id>/replay/", views.replay, name="replay"),
    path("webhooks/messages/<int:call_id>/", views.call, name="call"),
    path("webhooks/messages/<int:call_id>/decide/", views.decide_call, name="decide_call"),
]
