"""Asking employers in waves: who may do what when, what an answer says, and what follows from it."""
