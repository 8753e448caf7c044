"""What a developer adds to the server: `--reload=dev` and `--watch`.

The server reaches this package through `spawning_devtools.hooks` only, by name,
and only where an option asks for it; production never imports it.
"""
