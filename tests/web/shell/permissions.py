"""Who gets what at the shell's own addresses."""

from tests.permissions import Row, public

ROWS = [Row("home", public())]
