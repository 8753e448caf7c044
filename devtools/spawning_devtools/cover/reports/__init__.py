"""Numbers and reports of what ran, made by coverage.py in processes beside the keeper."""
