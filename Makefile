# The same words as course.py, for those who like make: make lab, make test ARGS="--fast", make app ARGS=NAME.
PYTHON ?= python3

lab test build bench docs app kit setup upgrade remove:
	$(PYTHON) course.py $@ $(ARGS)

help:
	$(PYTHON) course.py --help

.PHONY: lab test build bench docs app kit setup upgrade remove help
.DEFAULT_GOAL := help
