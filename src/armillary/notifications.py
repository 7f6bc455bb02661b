"""Notify people when runs enter a state: by webhook, mail or chat. A server delivers.

from armillary import notifications

notifications.create("on-failure", target="https://hooks.example.org/T1/B2")
"""

from armillary.sdk.notifications import create, delete, every

__all__ = ["create", "delete", "every"]
