"""What is in the database.  After a change: `python manage.py makemigrations`."""

from django.db import models


class Idea(models.Model):
    """What somebody would like to see."""

    class Status(models.TextChoices):
        OPEN = "open", "open"
        PLANNED = "planned", "planned"
        DONE = "done", "done"

    title = models.CharField(max_length=80)
    text = models.TextField("why", blank=True, max_length=2000)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    votes = models.PositiveIntegerField(default=0)
    suggested = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-votes", "-suggested")

    def __str__(self):
        return self.title
