//! Pairing and bundles: state machines over bytes.
