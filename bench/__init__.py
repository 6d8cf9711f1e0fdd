"""Benchmarks; `python -m bench.NAME --help` explains each."""
