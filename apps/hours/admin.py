"""Enough for an operator to look. Changes belong in the product's own pages, which renew the calendar's edition."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.hours.models import Calendar


@admin.register(Calendar)
class CalendarAdmin(admin.ModelAdmin):
    list_display = ("name", "office", "time_zone", "is_always_open", "holiday_country")
    list_select_related = ("office",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
