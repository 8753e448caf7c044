"""What a worker imports and reads, seen from inside: runs in workers."""
