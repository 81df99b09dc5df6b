"""The student chat: anonymous, two-way, read by the confidential advisers alone."""
