"""The backdoor: a prompt inside the program that runs (`--backdoor`).

`door` admits clients and keeps their connections, `session` evaluates in a worker or in
the controller, and the client is `spawnctl attach`.
"""
