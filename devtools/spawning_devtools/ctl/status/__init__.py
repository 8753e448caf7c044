"""`spawnctl status`: how a server fares; what `top`, `reload` and `stop` look at too.

    sight     the server at one instant, as plain values
    board     the counters that its processes share, found in /proc
    kernel    what the kernel tells of a process
    page      what its status page tells, where it has one
    look      all that put together
    text      the result as a person reads it; pure
    command   what was typed, and what is printed

Nobody is woken: counters are read where they are, and the status page is a process of its
own.  So a server that hangs can be looked at like any other.
"""
