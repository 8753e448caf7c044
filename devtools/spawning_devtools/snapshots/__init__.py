"""Warm starts: processes that hold a half-started application, from which workers are forked."""
