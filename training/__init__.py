"""Scripts that make the tables and models that `analysis/` ships. They are not installed."""

from pathlib import Path

ANALYSIS = Path(__file__).parents[1] / "analysis"  # the folder that the tables and models are written to
