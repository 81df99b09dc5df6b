"""The command `meldkamer`."""
