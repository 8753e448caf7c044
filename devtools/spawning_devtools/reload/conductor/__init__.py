"""What is done about it: a process that hears and looks, decides, and answers questions."""
