"""A Django project with the admin, Django REST framework, a database and five applications.

`core` is here, the other four are written by benchmarks/django_site.py.
"""
