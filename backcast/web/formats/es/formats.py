"""Numbers in Spanish as they are written in the United States: 1,234.50."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
