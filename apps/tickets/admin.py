from django.contrib import admin

from apps.tickets.models import Message, Tag, Ticket


@admin.register(Ticket)
class TicketAdmin(admin.ModelAdmin):
    list_display = ["reference", "subject", "status", "office", "opened_at"]
    list_filter = ["status", "via"]
    raw_id_fields = ["requester", "assignee", "linked_to"]
    readonly_fields = ["public_id", "status"]


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    list_display = ["pk", "ticket", "direction", "author_label", "written_at"]
    raw_id_fields = ["ticket", "author_user", "author_person"]


admin.site.register(Tag)
