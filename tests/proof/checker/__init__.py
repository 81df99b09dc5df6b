"""The checker: reads a history of what everybody saw and names each place where a promise was broken."""
