"""Forms as the design system draws them."""

from __future__ import annotations

from django_cotton_uswds.renderer import USWDSFormRenderer


class Renderer(USWDSFormRenderer):
    """Draws every form with the design system's markup."""
