"""`spawnctl why`, `graph` and `watch`: what the watcher of a server knows of its code.

servers    which server is meant
ask        one question, one answer
why        about one file
graph      about all modules
watch      about what is watched
drawings   the module graph as text, Mermaid and DOT; pure
"""
