"""Requirement profiles: what a role asks for, version by version, and what employers say of it."""
