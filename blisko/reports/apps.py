from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "blisko.reports"
