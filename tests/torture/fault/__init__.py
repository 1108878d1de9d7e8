"""Calls of a session fail: sites, injection, and what became of it."""
