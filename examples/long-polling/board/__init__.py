"""A message board: clients ask what is new, and the answer waits until there is something."""
