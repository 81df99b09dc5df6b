"""The ways to reach a member, one module each: `Settings`, `render`, `send -> Sent | Retry | Never`."""
