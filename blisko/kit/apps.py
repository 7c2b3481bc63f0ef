from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KitConfig(AppConfig):
    name = "blisko.kit"

    def ready(self) -> None:
        autodiscover_modules("handlers")
