"""What should happen to an alert: facts in, decision out; no I/O, no clock."""
