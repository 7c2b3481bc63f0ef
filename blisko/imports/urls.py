from django.urls import path

from blisko.imports import views

app_name = "imports"
urlpatterns = [
    path("imports/", views.overview, name="overview"),
    path("imports/take/", views.take, name="take"),
    path("imports/<int:run_id>/", views.one, name="one"),
    path("imports/<int:run_id>/go/", views.go, name="go"),
    path("imports/<int:run_id>/report.csv", views.report, name="report"),
]
