from django.urls import path, register_converter

from apps.hours import my_views, shift_views, views
from apps.hours.converters import DateConverter

register_converter(DateConverter, "day")

app_name = "hours"
urlpatterns = [
    path("admin/hours/", views.calendars, name="calendars"),
    path("admin/hours/whose/", views.whose, name="whose"),
    path("admin/hours/<int:pk>/", views.calendar, name="calendar"),
    path("admin/hours/<int:pk>/week/", views.week, name="week"),
    path("admin/hours/<int:pk>/details/", views.details, name="details"),
    path("admin/hours/<int:pk>/days/", views.special_days, name="special_days"),
    path("admin/hours/<int:pk>/days/<day:on>/", views.special_day, name="special_day"),
    path("admin/shifts/", shift_views.shifts, name="shifts"),
    path("admin/shifts/<int:pk>/", shift_views.shift, name="shift"),
    path("admin/shifts/<int:pk>/weekly/", shift_views.weekly, name="weekly"),
    path("admin/shifts/<int:pk>/dates/", shift_views.one_day, name="one_day"),
    path("admin/shifts/<int:pk>/remove/", shift_views.remove, name="remove_shift"),
    path("admin/capacity/", shift_views.capacity, name="capacity"),
    path("admin/absences/", shift_views.absences, name="absences"),
    path("admin/absences/<int:pk>/remove/", shift_views.remove_absence, name="remove_absence"),
    path("me/shifts/", my_views.shifts, name="my_shifts"),
    path("shifts/<str:key>.ics", my_views.shift_feed_of, name="shift_feed"),
    path("me/presence/", shift_views.my_presence, name="my_presence"),
    path("me/presence/switch/", shift_views.presence_switch, name="presence_switch"),
]
