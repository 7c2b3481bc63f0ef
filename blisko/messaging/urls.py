from django.urls import path

from blisko.messaging import api, views

app_name = "messaging"
urlpatterns = [
    path("messages/", views.deliveries, name="deliveries"),
    path("messages/<int:delivery_id>/", views.delivery, name="delivery"),
    path("messages/<int:delivery_id>/decide/", views.decide, name="decide"),
    path("messages/<int:delivery_id>/consent/", views.consent, name="consent"),
    path("messages/texts/", views.texts, name="texts"),
    path("messages/texts/<str:code>/<str:channel>/<str:language>/", views.text, name="text"),
    path("messages/texts/<str:code>/<str:channel>/<str:language>/preview/", views.preview, name="preview"),
    path("messages/texts/<str:code>/<str:channel>/<str:language>/restore/", views.restore, name="restore"),
    path("messages/receipts/<str:token>", api.receipt, name="receipt"),
    path("demo/phone/", views.phones, name="phones"),
    path("demo/phone/<str:address>/", views.phone, name="phone"),
]
