from django.db import models


class Shelf(models.Model):
    name = models.CharField(max_length=40)


class Thing(models.Model):
    shelf = models.ForeignKey(Shelf, models.CASCADE)
