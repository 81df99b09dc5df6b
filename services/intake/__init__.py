"""Intake: takes in what happened, makes it durable, only then acknowledges."""
