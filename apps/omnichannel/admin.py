from django.contrib import admin

from apps.omnichannel.models import Channel, Delivery, Envelope, Thread


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "office", "is_active", "last_item_at"]
    readonly_fields = ["key", "received_count"]


@admin.register(Envelope)
class EnvelopeAdmin(admin.ModelAdmin):
    list_display = ["pk", "channel", "state", "attempts", "received_at"]
    list_filter = ["state"]
    exclude = ["raw"]
    raw_id_fields = ["message"]


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ["pk", "recipient", "state", "attempts", "sent_at"]
    list_filter = ["state"]
    raw_id_fields = ["message", "thread"]


@admin.register(Thread)
class ThreadAdmin(admin.ModelAdmin):
    list_display = ["pk", "channel", "key", "last_sequence", "ended_at"]
    raw_id_fields = ["ticket", "person"]
