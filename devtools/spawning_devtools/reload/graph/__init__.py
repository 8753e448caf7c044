"""What the project is made of: which modules import which, and which files matter to them."""
