"""Every call of a session fails once: sites, injection, and what became of it."""
