from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "blisko.visits"
