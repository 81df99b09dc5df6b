"""Benchmarks on the real product, each with its baseline in the same run: `make bench`."""
