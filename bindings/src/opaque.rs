//! What crosses as a text or as bytes: ids, tokens, people's words, secrets. Languages see types of their own for them.

use belay::command::UndoToken;
use belay::companion::{JobId, PhraseId};
use belay::crypto::words::RecoveryWords;
use belay::error::{Code, Failure, Field};
use belay::ids::{
    BatchId, DeviceId, DocId, ElementId, ExchangeId, Hash32, MemberId, ObjectId, Rev, SlotId, SpaceId, TextSession,
    VaultId,
};
use belay::secret::{Secret32, SecretBytes, SecretText};
use belay::text::PersonText;
use belay::view::Cursor;
use std::path::PathBuf;

/// An id as its text. A text that is none names nothing.
macro_rules! id {
    ($($name:ident),+ $(,)?) => {$(
        uniffi::custom_type!($name, String, {
            remote,
            lower: |id| id.to_string(),
            try_lift: |text| $name::parse(&text).ok_or_else(|| Failure::from(Code::NotFound.detail()).into()),
        });
    )+};
}
id!(BatchId, DeviceId, DocId, ElementId, ExchangeId, Hash32, MemberId, ObjectId, SlotId, SpaceId, TextSession, VaultId);

// Tokens are looked at where they are used.
uniffi::custom_type!(Rev, String, {
    remote,
    lower: |rev| rev.token().to_owned(),
    try_lift: |token| Ok(Rev::from_token(&token)),
});
uniffi::custom_type!(Cursor, String, { remote, lower: |cursor| cursor.0, try_lift: |token| Ok(Cursor(token)) });
uniffi::custom_type!(PhraseId, String, { remote, lower: |key| key.0, try_lift: |key| Ok(PhraseId(key)) });
uniffi::custom_type!(JobId, u64, { remote, lower: |job| job.0, try_lift: |number| Ok(JobId(number)) });
uniffi::custom_type!(UndoToken, String, { remote, lower: |token| token.0, try_lift: |token| Ok(UndoToken(token)) });

uniffi::custom_type!(PersonText, String, {
    remote,
    lower: |text| text.into_string(),
    try_lift: |text| Ok(PersonText::new(text)),
});

uniffi::custom_type!(SecretText, String, {
    remote,
    // Given back by nothing; a custom type needs both ways.
    lower: |secret| secret.expose().to_owned(),
    try_lift: |secret| Ok(SecretText::new(secret)),
});
uniffi::custom_type!(Secret32, Vec<u8>, {
    remote,
    // The host wraps a fresh key with its keystore: that is what the key is made for.
    lower: |key| key.expose().to_vec(),
    try_lift: |bytes| {
        let bytes = SecretBytes::new(bytes);
        let wrong = || Failure::from(Code::OutOfRange.of(Field::Key).max(32).actual(bytes.expose().len()));
        Secret32::from_slice(bytes.expose()).ok_or_else(|| wrong().into())
    },
});
uniffi::custom_type!(RecoveryWords, String, {
    remote,
    // Shown to the person once: that is what they are made for.
    lower: |words| words.list().join(" "),
    try_lift: |typed| {
        let typed = SecretText::new(typed);
        RecoveryWords::parse(typed.expose()).map_err(|error| Failure::from(error).into())
    },
});

uniffi::custom_type!(PathBuf, String, {
    remote,
    lower: |path| path.to_string_lossy().into_owned(),
    try_lift: |path| Ok(PathBuf::from(path)),
});
