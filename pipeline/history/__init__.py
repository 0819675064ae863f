"""What issues carried: asked by address and by title, and what readers had of an entry."""
