"""`spawnctl logs`: how often and how long requests took, by path, status or method.

    command   what was typed, and what is printed
    times     '-1hour' and other ends of a range of time; pure
    lines     the forms of a log, as one pattern each; pure
    tally     what is counted, and exact percentiles of it; pure
    scan      files, in pieces, by several processes
    report    the result as text, JSON or CSV; pure

A gigabyte has some eight million lines, so what is done for each decides: one
pattern reads a line, whole blocks at a time, and takes out no more than is asked
for; numbers stay in arrays.
"""
