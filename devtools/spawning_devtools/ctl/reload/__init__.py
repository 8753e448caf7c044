"""`spawnctl reload`: starts a new generation, and says what has come of it."""
