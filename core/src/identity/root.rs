//! The root of a member: one key for each person and space, sealed to the person's recovery key and then dropped.

use crate::crypto::hash::sha256;
use crate::crypto::seal::{self, OpeningKey};
use crate::crypto::sign::SigningKey;
use crate::error::{Code, Result};
use crate::ids::MemberId;
use crate::secret::{Entropy, Secret32};
use std::fmt;

/// HPKE info of a sealed root (protocol.md §2).
const ROOT_INFO: &[u8] = b"belay/root/1";
/// Most bytes a sealed root may have: today 80; the rest is room for a suite with larger keys.
pub const SEALED_ROOT_MAX_BYTES: usize = 2_048;

/// The id of the member with this root.
pub fn member_id(root_pk: &[u8; 32]) -> MemberId {
    MemberId(sha256(&[root_pk]))
}

/// A fresh root: the private key signs Genesis and is then dropped, only what is sealed stays.
#[derive(Clone)]
pub struct MemberRoot {
    /// Signs Genesis and RootReset.
    pub key: SigningKey,
    /// The public half, by which the space knows the member.
    pub root_pk: [u8; 32],
    /// The private half, sealed to the recovery key.
    pub sealed: Vec<u8>,
}

impl fmt::Debug for MemberRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberRoot({:?}, ‹secret›)", member_id(&self.root_pk))
    }
}

/// A fresh member root, sealed to the recovery key's public half.
///
/// # Errors
/// `Corrupt` when `recovery_pk` is no usable key.
pub fn make_member_root(recovery_pk: &[u8; 32], entropy: &mut dyn Entropy) -> Result<MemberRoot> {
    let key = SigningKey::make(entropy);
    let root_pk = key.public();
    // The seed is what the words must give back.
    let sealed =
        seal::seal(recovery_pk, ROOT_INFO, &root_pk, None, key.seed().expose(), entropy).ok_or(Code::Corrupt)?;
    Ok(MemberRoot { key, root_pk, sealed })
}

/// The root inside what [`make_member_root`] sealed; `None` when it is not sealed to these words.
pub fn open_member_root(sealed: &[u8], root_pk: &[u8; 32], recovery: &OpeningKey) -> Option<SigningKey> {
    let seed = seal::open(recovery, ROOT_INFO, root_pk, None, sealed)?;
    let key = SigningKey::from_seed(Secret32::from_slice(seed.expose())?);
    (key.public() == *root_pk).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::Seeded;

    #[test]
    fn a_root_opens_with_its_words_only() {
        let entropy = &mut Seeded::new("root");
        let (mine, other) = (OpeningKey::make(entropy), OpeningKey::make(entropy));
        let root = make_member_root(&mine.public(), entropy).expect("a good key");
        let opened = open_member_root(&root.sealed, &root.root_pk, &mine).expect("sealed to these words");
        assert_eq!(opened.public(), root.root_pk);
        assert!(open_member_root(&root.sealed, &root.root_pk, &other).is_none());
        assert!(open_member_root(&root.sealed, &[1; 32], &mine).is_none());
        assert!(root.sealed.len() <= SEALED_ROOT_MAX_BYTES);
        assert!(!format!("{root:?}").contains(&format!("{:?}", root.key.seed().expose())));
    }

    #[test]
    fn a_recovery_key_of_low_order_is_refused() {
        assert_eq!(make_member_root(&[0; 32], &mut Seeded::new("zero")).expect_err("no key").code(), Code::Corrupt);
    }
}
