"""The demonstration: plays a day on campus against a running product, over its public HTTP APIs alone."""
