"""What funders may see of the region: what is planned, in sums, and what programs publish."""
