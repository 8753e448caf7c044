"""A save walks one way: watcher, changes, fingerprints, graph, cause, controller.

Two processes use this package and share no module of it:
- a worker imports `observe` and `freshness`, which import neither watchdog nor `ast`;
- the conductor, started as a script from `__main__`, imports all the others.
"""
