from django.core.signals import request_started, setting_changed
from django.dispatch import receiver


@receiver(setting_changed)
def on_setting(**_):
    pass


@receiver(request_started)
def on_request(**_):
    pass
