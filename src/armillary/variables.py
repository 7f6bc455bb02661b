"""Named values that flows read and people change, with `armillary variable` or in the web app.

    from armillary import variables

    rate = variables.get("exchange_rate", 1.0)

Values are anything JSON can express.
"""

from armillary.sdk.variables import get, set, unset

__all__ = ["get", "set", "unset"]
