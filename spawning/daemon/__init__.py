"""How a server lives by itself: in the background, with a pidfile, as another user."""
