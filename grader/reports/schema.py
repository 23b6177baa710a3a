"""The JSON Schema of the results, as `docs/results.schema.json` holds it.

`python -m grader.reports.schema docs/results.schema.json` writes that file anew.
"""

import json
import sys
from pathlib import Path

from grader.results import schema


def render() -> str:
    """Return the schema as JSON text, with its dialect named."""
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema()}, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
