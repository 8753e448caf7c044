"""What happens to files: heard from the kernel or looked for, and told apart by content."""
