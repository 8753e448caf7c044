"""`spawnctl stop`: stops a server, and waits until it has ended."""
