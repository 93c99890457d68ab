"""Enough for an operator to look and repair."""

from django.contrib import admin

from apps.sla.models import Clock, Policy, Target


class TargetInline(admin.TabularInline):
    model = Target
    extra = 0


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    list_display = ("name", "office", "position", "calendar", "is_active")
    list_select_related = ("office", "calendar")
    inlines = (TargetInline,)


@admin.register(Clock)
class ClockAdmin(admin.ModelAdmin):
    list_display = ("ticket", "metric", "state", "started_at", "due_at", "ended_at", "breached_at", "next_at")
    list_filter = ("metric", "state")
    list_select_related = ("ticket",)
    raw_id_fields = ("ticket", "policy", "target", "calendar")
    ordering = ("-pk",)
    show_full_result_count = False
