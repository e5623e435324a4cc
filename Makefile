# Aliases. The commands themselves are in run.py and tools/.
PYTHON ?= python3

.PHONY: notebooks setup demo check lab lock environment
setup demo check lab:
	$(PYTHON) run.py $@

lock: ## every version and hash again, from pyproject.toml
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements.lock

environment: ## environment.yml again, from pyproject.toml
	.venv/bin/python -m tools.make_environment

notebooks: ## the notebooks again, from tools/notebooks
	.venv/bin/python -m tools.build_notebooks
