"""HTTP for programs: JSON under ``/api/v1/``, described by OpenAPI. Calls rooms; no room knows it."""
