"""The checker is checked: it passes a clean history, and it finds and names whatever is planted in one."""
