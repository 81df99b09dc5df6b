"""The responder's tablet and the page behind each signed link: what he is called for, how many come, his answer."""
