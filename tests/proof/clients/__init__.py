"""Everybody around the product in a proof run: sources, phones, operators, monitors, and who spoils records."""
