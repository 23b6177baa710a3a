# The words that people and CI share. `.ci/run` runs all of them from a clean clone.
.PHONY: lint test lessons audit

lint:
	uv run ruff check .
	uv run ruff format --check .
	uv run mypy
	uv run lint-imports

test:
	uv run pytest

lessons:
	uv run grade stubs
	uv run grade verify

audit:
	uv run grade audit
