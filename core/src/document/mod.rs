//! Typed documents over Automerge, one folder each; note/ is the room to copy.
