"""`spawnctl top`: workers and requests, live.

    rates     what two sights tell together: requests a second, time on the processor; pure
    columns   the columns of the table, and how they are sorted; pure
    view      the screen, as fragments; pure
    state     what is chosen and asked; pure
    screen    the screen itself, and its keys
    command   what was typed

It looks as `spawnctl status` does, and wakes nobody.
"""
