from dataclasses import is_dataclass

from django.conf import settings
from django.utils.module_loading import import_string

WIRING = import_string(settings.WIRING)


def test_every_event_of_the_wiring_is_a_frozen_dataclass():
    for path in WIRING:
        event = import_string(path)
        assert is_dataclass(event), path
        assert event.__dataclass_params__.frozen, path


def test_every_listener_of_the_wiring_exists_and_can_be_called():
    for listeners in WIRING.values():
        for path in listeners:
            assert callable(import_string(path)), path


def test_every_periodic_task_is_registered_and_expires_with_its_period():
    from config.celery import app

    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, f"{name}: {entry['task']}"
        assert entry["options"]["expires"] == entry["schedule"], name


def test_every_embedded_service_can_start_and_stop():
    for path in settings.EMBEDDED_SERVICES:
        service = import_string(path)
        assert callable(service.start), path
        assert callable(service.stop), path
