"""Pages of what limits plans: what programs share, hosts, people, money."""
