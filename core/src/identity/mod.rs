//! Who a device is: device keys, member roots, the keys it has in one space, key cards (protocol.md §2, §3).
//!
//! Private keys are made here and given back as bytes for the encrypted store; they print as redacted.

mod card;
mod device;
mod root;
mod space_keys;
pub(crate) mod stored;
#[cfg(test)]
pub(crate) mod testing;

pub use card::{INBOXES_MAX, Inbox, KeyCard, SUITES, SignedCard, VERSIONS, replaces};
pub use device::{DeviceEntry, DeviceKeys, device_id};
pub use root::{MemberRoot, SEALED_ROOT_MAX_BYTES, make_member_root, member_id, open_member_root};
pub use space_keys::{SealingKey, SpaceKeys};
