//! Sealed for one device: seal, pad, open.
