"""What programs teach: versions, modules and outcomes."""
