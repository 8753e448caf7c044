"""`spawnctl coverage`: which lines have run, of a server that was started with `--coverage`.

client     a request to its keeper, over a unix socket
command    what is asked for, and where the answer goes
"""
