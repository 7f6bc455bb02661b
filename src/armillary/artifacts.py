"""What a run shows to users: Markdown, tables, links, images, progress.

    from armillary import flow
    from armillary.artifacts import create_markdown_artifact

    @flow
    def report():
        create_markdown_artifact("# All is well", key="health")

Artifacts with the same ``key`` are versions of one artifact.
"""

from armillary.engine.output.artifacts import (
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

__all__ = [
    "create_image_artifact",
    "create_link_artifact",
    "create_markdown_artifact",
    "create_progress_artifact",
    "create_table_artifact",
    "update_progress_artifact",
]
