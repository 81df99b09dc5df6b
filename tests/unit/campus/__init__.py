"""The campus file and its example."""
