"""Files: written whole or not at all, and read without harm if a stranger made them."""

from traffic_marl.files.drafts import sweep_drafts
from traffic_marl.files.locking import LOCK, locked
from traffic_marl.files.sealed import (
    damage,
    digest_of,
    ensure_plain,
    is_plain_folder,
    read_arrays,
    read_object,
    read_sealed,
)
from traffic_marl.files.writing import ensure_writable, replace, replace_text, sync_file, sync_folder, sync_tree

__all__ = [
    "LOCK",
    "damage",
    "digest_of",
    "ensure_plain",
    "ensure_writable",
    "is_plain_folder",
    "locked",
    "read_arrays",
    "read_object",
    "read_sealed",
    "replace",
    "replace_text",
    "sweep_drafts",
    "sync_file",
    "sync_folder",
    "sync_tree",
]
