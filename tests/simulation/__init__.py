"""Deterministic simulation: the real services on a broker, a database, a clock and people that a seed decides."""
