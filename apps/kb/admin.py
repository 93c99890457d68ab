from django.contrib import admin

from apps.kb.models import Article, Category, Revision, Translation


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["slug", "body", "position"]
    list_filter = ["body"]


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    list_display = ["pk", "office", "category", "is_internal", "owner", "updated_at"]
    list_filter = ["office", "is_internal"]
    raw_id_fields = ["owner"]


@admin.register(Translation)
class TranslationAdmin(admin.ModelAdmin):
    list_display = ["title", "language", "state", "slug", "published_at"]
    list_filter = ["language", "state"]
    search_fields = ["title", "slug"]
    raw_id_fields = ["article"]
    readonly_fields = ["state", "live", "version"]


@admin.register(Revision)
class RevisionAdmin(admin.ModelAdmin):
    list_display = ["title", "number", "author_label", "written_at", "published_at"]
    raw_id_fields = ["translation", "author"]
