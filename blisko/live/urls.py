from django.urls import path

from blisko.live.views import dispatcher, link, people, technician

app_name = "live"
urlpatterns = [
    # An SMS is paid by the letter, so the link has no slash at its end; some telephones add one.
    path("v/<str:token>", link.page, name="link"),
    path("v/<str:token>/", link.page),
    path("v/<str:token>/now", link.now, name="link_now"),
    path("v/<str:token>/photo", link.photo, name="link_photo"),
    path("v/<str:token>/note", link.note, name="link_note"),
    path("v/<str:token>/answer", link.answer, name="link_answer"),
    path("v/<str:token>/rating", link.rating, name="link_rating"),
    path("robots.txt", link.robots, name="robots"),
    path("", people.home, name="home"),
    path("t/", technician.my_day, name="my_day"),
    path("t/visits/<int:visit_id>/", technician.visit, name="my_visit"),
    path("t/visits/<int:visit_id>/take/<slug:step>/", technician.take, name="take"),
    path("t/visits/<int:visit_id>/note/", technician.note, name="my_note"),
    path("t/phone/", technician.my_phone, name="my_phone"),
    path("t/phone/add/", technician.add_phone, name="add_my_phone"),
    path("t/phone/<int:device_id>/drop/", technician.drop_phone, name="drop_my_phone"),
    path("t/photo/", technician.my_photo, name="my_photo"),
    path("day/", dispatcher.day, name="day"),
    path("day/visits/<int:visit_id>/", dispatcher.visit, name="visit"),
    path("day/visits/<int:visit_id>/assign/", dispatcher.assign, name="assign"),
    path("day/visits/<int:visit_id>/cancel/", dispatcher.cancel, name="cancel"),
    path("day/visits/<int:visit_id>/move/", dispatcher.move, name="move"),
    path("day/visits/<int:visit_id>/note/", dispatcher.note, name="note"),
    path("day/visits/<int:visit_id>/link/new/", dispatcher.new_link, name="new_link"),
    path("day/visits/<int:visit_id>/link/end/", dispatcher.end_link, name="end_link"),
    path("day/requests/<int:request_id>/", dispatcher.answer_request, name="answer_request"),
    path("day/book/", people.book, name="book"),
    path("customers/", people.customers, name="customers"),
    path("customers/<int:customer_id>/", people.customer, name="customer"),
    path("technicians/", people.technicians, name="technicians"),
    path("technicians/<int:technician_id>/", people.technician, name="technician"),
    path("technicians/<int:technician_id>/photo/", people.photo, name="photo"),
    path("technicians/<int:technician_id>/phones/", people.add_phone, name="add_phone"),
    path("technicians/<int:technician_id>/phones/<int:device_id>/drop/", people.drop_phone, name="drop_phone"),
]
