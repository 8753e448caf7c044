"""One serving process, from birth to death."""
