from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "blisko.messaging"
    label = "messaging"
