"""Shows the promises: real parts under faults, a history of what everybody saw, and a checker that reads it."""
