"""Coverage of the running program: which lines run, in all workers (`--coverage`)."""
