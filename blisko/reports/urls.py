from django.urls import path

from blisko.reports import views

app_name = "reports"
urlpatterns = [
    path("figures/", views.overview, name="overview"),
    path("figures/sheet.csv", views.sheet, name="sheet"),
    path("figures/<slug:figure>/", views.behind, name="behind"),
    path("figures/<slug:figure>/sheet.csv", views.behind_sheet, name="behind_sheet"),
]
