"""Pages of requirement profiles: reading, writing, commenting, approving and comparing them."""
