# Two commands: `make run` and `make test`. Everything else is for those who work on Acudo.

PYTHON := .venv/bin/python
SYSTEM_PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
export DJANGO_SETTINGS_MODULE ?= config.settings.local

.PHONY: setup run test check bench faults screens messages

setup:
	@test -n "$(SYSTEM_PYTHON)" || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv"; exit 1; }
	@$(SYSTEM_PYTHON) deploy/setup.py

run: setup
	@exec $(PYTHON) manage.py up

test: setup
	@env -u DJANGO_SETTINGS_MODULE $(PYTHON) -m pytest -n 2 --dist loadgroup $(ARGS)

check: setup
	@./.ci/run

bench: setup
	@$(PYTHON) -m bench $(ARGS)

faults: setup
	@$(PYTHON) -m bench.faults $(ARGS)

screens: setup
	@$(PYTHON) -m bench.screens $(ARGS)

messages: setup
	@$(PYTHON) manage.py messages
