"""Is a folder on a network file system? SQLite's write-ahead log needs memory that its readers share, and locks that hold."""

from __future__ import annotations

import os

_FUSE = ("cephfs", "gcsfuse", "glusterfs", "rclone", "s3fs", "sshfs")
_KINDS = frozenset(
    {
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
    | {"virtiofs"}
    | {"fuse." + name for name in _FUSE}
)


def network_file_system(folder: str, mounts: str = "/proc/self/mounts") -> str | None:
    """The kind of network file system ``folder`` is on (``nfs4``), or None: it is local, or the system does not tell."""
    try:
        with open(mounts, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return None
    real = os.path.realpath(folder)
    best = ("", "")
    for line in lines:
        fields = line.split(" ")
        point = _unescaped(fields[1])
        # The later of two mounts on one point covers the earlier.
        if len(point) >= len(best[0]) and (real == point or real.startswith(point.rstrip("/") + "/")):
            best = (point, fields[2])
    return best[1] if best[1] in _KINDS else None


def _unescaped(point: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point
