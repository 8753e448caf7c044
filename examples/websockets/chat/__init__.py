"""A chat in one page, over websockets."""
