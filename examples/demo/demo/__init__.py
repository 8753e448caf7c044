"""The sample application of `make demo`."""
