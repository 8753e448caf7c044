"""HTTP/1.1 over sockets: bytes in, requests out; knows nothing of WSGI or of processes."""
