"""A save walks one way: watcher, graph, conductor, controller.

Two processes use this package, and share `origin` and `passing` only:
- a worker imports `observer`, which imports neither watchdog nor `ast`;
- the conductor, started as a script from `__main__`, imports all the others.
"""
