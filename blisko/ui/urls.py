from django.urls import path

from blisko.ui import views

app_name = "ui"
urlpatterns = [
    path("map/style/<str:theme>.json", views.style, name="style"),
    path("map/tiles/<int:z>/<int:x>/<int:y>.pbf", views.tile, name="tile"),
    path("guide/", views.guide, name="guide"),
]
