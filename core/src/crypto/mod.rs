//! Standard primitives behind our names. No algorithm is ours; each file names its RFC and is held to
//! that RFC's vectors in `tests/`.

pub mod aead;
pub mod hash;
pub mod kdf;
pub mod seal;
pub mod sign;
pub mod words;
