"""What those who decide see at /admin/."""

from django.contrib import admin

from ideas.models import Idea


@admin.register(Idea)
class IdeaAdmin(admin.ModelAdmin):
    list_display = ("title", "status", "votes", "suggested")
    list_editable = ("status",)
    list_filter = ("status",)
    search_fields = ("title", "text")
    readonly_fields = ("votes",)
