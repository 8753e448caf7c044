"""The process that serves the status page: it reads counters, and wakes nobody."""
