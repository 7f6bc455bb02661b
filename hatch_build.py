"""The wheel holds the built web app. An editable install does not: ``make ui-build`` builds it into the checkout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent / "scripts"))

import web_app


class WebApp(BuildHookInterface):  # type: ignore[type-arg]
    def dependencies(self) -> list[str]:
        """Node, where the machine has none."""
        return [] if web_app.is_built() or web_app.node_on_path() else [web_app.NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        web_app.build()
        build_data["artifacts"].append("src/armillary/ui_dist/**")
