"""Measurements of the product beside a floor that was measured in the same run."""
