"""`spawnctl attach`: a prompt inside a worker that serves.

    command        what was typed; to which server
    dial           from a server to a line on which it is talked to
    wire           messages on that line
    talk           questions that have answers, and all else that is said
    attached       the loop: who may type what now
    script         the same without a terminal: `-c` and pipes
    screen         what is shown: colours, tables, paging
    prompt         where is typed: keys, menus, history
    completing     what Tab offers, with as few questions as can be; pure
    indentation    where the next line begins, and whether there is one; pure
    colouring      the colours of Python source and of tracebacks; pure
    session        what is known of the session, and who may type what now; pure
    where, toolbar what is told around what is typed; pure
    words          whether Python was typed or a word of ours; pure

Rules:
1. What is typed stays here; only Enter, and what Tab or a dot asks for, cross.
2. The line may end at any time: the client says so, and takes it up again.
3. Nothing that the server says is believed to be harmless to a terminal but what the
   statement itself has printed.
"""
