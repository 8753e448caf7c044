"""PEP 3333 over `spawning.http`; knows nothing of processes."""
