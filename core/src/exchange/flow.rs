//! Pairing by file as it is remembered between its messages: three files, then each side's six digits typed into the
//! other. Every step is one transaction; the same message twice is a no-op.

use super::pairing::MessageKind;
use super::pairing::{
    InviteTerms, OpenInvitation, Paired, PairingSelf, PendingReply, UsedInvitation, digits_match, exchange_of, invite,
    kind_of, message_hash, reply, take_completion, take_reply,
};
use crate::command::Desk;
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Error, Field, Result};
use crate::ids::{ExchangeId, SpaceId};
use crate::projection::Changes;
use crate::secret::SecretBytes;
use crate::space::SpaceState;
use crate::store::exchanges::{self, ExchangeRecord};
use crate::store::spaces::{self, SpaceRecord};
use crate::text::Shape;

/// How far a pairing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairingStage {
    /// The invitation is out.
    Invited = 1,
    /// The reply is out.
    Replied = 2,
    /// Each side's digits wait to be typed into the other.
    Digits = 3,
    /// The digits were the same.
    Done = 4,
    /// It ended: the digits differed, or it was given up.
    Ended = 5,
}

impl PairingStage {
    fn from_number(number: u32) -> Self {
        use PairingStage::{Digits, Done, Ended, Invited, Replied};
        [Invited, Replied, Digits, Done].into_iter().find(|stage| *stage as u32 == number).unwrap_or(Ended)
    }
}

/// What a step of a pairing gives back.
#[derive(Clone, PartialEq, Eq)]
pub struct Step {
    /// Which pairing.
    pub id: ExchangeId,
    /// How far it has come.
    pub stage: PairingStage,
    /// The file to carry to the other side, where there is one.
    pub send: Option<Vec<u8>>,
    /// My six digits, to read out.
    pub digits: Option<String>,
    /// Until when the invitation works, Unix milliseconds by this device's clock.
    pub expires_ms: i64,
    /// The space, once both sides know it.
    pub space: Option<SpaceId>,
    /// My name for the other side.
    pub nickname: String,
    /// The words that carry the secret of an invitation just made, to be told apart from its file.
    pub words: Option<RecoveryWords>,
    /// What the step touched; the companion fills it in after the commit.
    pub changes: Changes,
}

impl std::fmt::Debug for Step {
    /// Without the digits, my name for the other, and the file, in which an invitation's secret may lie.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Step({:?}, {:?})", self.id, self.stage)
    }
}

fn step(record: &ExchangeRecord, send: Option<Vec<u8>>, digits: Option<String>) -> Step {
    Step {
        id: record.id,
        stage: PairingStage::from_number(record.stage),
        send,
        digits,
        expires_ms: record.expires_ms,
        space: record.space,
        nickname: record.nickname.clone(),
        words: None,
        changes: Changes::default(),
    }
}

/// Invites someone.
///
/// # Errors
/// Those of the name; `OutOfRange{Expires}` outside 1 h–14 d.
pub fn begin(desk: &mut Desk<'_>, me: &PairingSelf<'_>, terms: InviteTerms, nickname: &str) -> Result<Step> {
    let nickname = Shape::Label.check(Field::Nickname, nickname)?;
    let (open, file) = invite(terms, me, desk.at.unix_ms, desk.entropy)?;
    let record = ExchangeRecord {
        id: open.exchange(),
        stage: PairingStage::Invited as u32,
        expires_ms: open.expires_ms()?,
        private: open.to_stored(),
        sent: SecretBytes::new(file.clone()),
        used_by: None,
        space: None,
        nickname,
    };
    exchanges::put(desk.db, &record)?;
    Ok(Step { words: open.words(), ..step(&record, Some(file), None) })
}

/// Answers an invitation; the same invitation again gives the same reply.
///
/// # Errors
/// Those of the invitation: `Corrupt`, `Expired`, `UnsupportedType`, `Truncated`; of the name; `Duplicate` for one's own.
pub fn join(
    desk: &mut Desk<'_>,
    me: &PairingSelf<'_>,
    invitation: &[u8],
    words: Option<&RecoveryWords>,
    nickname: &str,
) -> Result<Step> {
    let nickname = Shape::Label.check(Field::Nickname, nickname)?;
    if kind_of(invitation)? != MessageKind::Invitation {
        return Err(Code::UnsupportedType.of(Field::Invitation).into());
    }
    let id = exchange_of(invitation)?;
    if let Some(known) = exchanges::get(desk.db, &id)? {
        return match PairingStage::from_number(known.stage) {
            PairingStage::Replied => Ok(step(&known, Some(known.sent.expose().to_vec()), None)),
            PairingStage::Invited => Err(Code::Duplicate.of(Field::Invitation).into()),
            _ => Err(Code::InvitationUsed.of(Field::Invitation).into()),
        };
    }
    let (pending, file) = reply(invitation, words, me, desk.at.unix_ms, desk.entropy)?;
    let record = ExchangeRecord {
        id,
        stage: PairingStage::Replied as u32,
        expires_ms: pending.expires_ms()?,
        private: pending.to_stored(),
        sent: SecretBytes::new(file.clone()),
        used_by: None,
        space: None,
        nickname,
    };
    exchanges::put(desk.db, &record)?;
    Ok(step(&record, Some(file), None))
}

/// Takes a reply (on the inviting side) or a completion (on the other).
///
/// # Errors
/// `NotForThisDevice` for a message of a pairing this device is not in, `InvitationUsed` for another reply to a used
/// invitation, `Expired`, `Corrupt`, `SignatureInvalid`.
pub fn take(desk: &mut Desk<'_>, me: &PairingSelf<'_>, message: &[u8]) -> Result<Step> {
    let kind = kind_of(message)?;
    let id = exchange_of(message)?;
    let record = exchanges::get(desk.db, &id)?.ok_or(Code::NotForThisDevice)?;
    let stage = PairingStage::from_number(record.stage);
    match (kind, stage) {
        (MessageKind::Invitation, _) => Err(Code::UnsupportedType.of(Field::Invitation).into()),
        (_, PairingStage::Ended) => Err(Code::InvitationUsed.of(Field::Invitation).into()),
        (MessageKind::Reply, PairingStage::Invited) => {
            let open = OpenInvitation::from_stored(record.private.expose())?;
            let (paired, completion) = take_reply(&open, message, me, desk.at.unix_ms, desk.entropy)?;
            let used = SecretBytes::new(UsedInvitation::new(message, completion.clone())?.to_stored());
            let mut next = enter(desk, record, &paired, used)?;
            next.used_by = Some(message_hash(message)?);
            exchanges::put(desk.db, &next)?;
            Ok(step(&next, Some(completion), Some(paired.my_digits)))
        }
        (MessageKind::Reply, PairingStage::Digits | PairingStage::Done) if record.used_by.is_some() => {
            let used = UsedInvitation::from_stored(record.sent.expose())?;
            let completion = used.answer(message)?.to_vec();
            Ok(step(&record, Some(completion), digits_of(&record)?))
        }
        (MessageKind::Completion, PairingStage::Replied) => {
            let pending = PendingReply::from_stored(record.private.expose())?;
            let paired = take_completion(&pending, message)?;
            let sent = record.sent.clone();
            let mut next = enter(desk, record, &paired, sent)?;
            next.used_by = None;
            exchanges::put(desk.db, &next)?;
            Ok(step(&next, None, Some(paired.my_digits)))
        }
        (MessageKind::Completion, PairingStage::Digits | PairingStage::Done) if record.used_by.is_none() => {
            Ok(step(&record, None, digits_of(&record)?))
        }
        _ => Code::NotForThisDevice.err(),
    }
}

/// Both sides know the space: it is held, without content, until the digits are typed.
fn enter(desk: &Desk<'_>, record: ExchangeRecord, paired: &Paired, sent: SecretBytes) -> Result<ExchangeRecord> {
    let space = paired.space();
    let kind = paired.genesis.statement().ok().and_then(|statement| match statement {
        crate::space::Statement::Genesis(genesis) => Some(genesis.kind.code()),
        _ => None,
    });
    let kind = kind.ok_or(Error::Broken("pairing: a space without its genesis"))?;
    let stage = u32::from(SpaceState::Introduced.code());
    spaces::put_space(desk.db, &SpaceRecord { id: space, kind, stage, me: paired.my_member })?;
    spaces::put_statement(desk.db, &space, &paired.genesis.id(), &paired.genesis.to_wire())?;
    for card in [&paired.my_card, &paired.their_card] {
        let told = card.read()?;
        spaces::put_card(desk.db, &space, &told.device, told.card_rev, &card.to_wire(), desk.at.unix_ms)?;
    }
    spaces::put_space_keys(desk.db, &space, paired.my_space_keys.to_stored().expose())?;
    let private = paired.to_stored();
    Ok(ExchangeRecord { stage: PairingStage::Digits as u32, private, sent, space: Some(space), ..record })
}

fn digits_of(record: &ExchangeRecord) -> Result<Option<String>> {
    if PairingStage::from_number(record.stage) == PairingStage::Digits {
        return Ok(Some(Paired::from_stored(record.private.expose())?.my_digits));
    }
    Ok(None)
}

/// What the digits said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// They are the same: the space may hold content.
    Same(Step),
    /// They differ: the pairing ended, and the space is gone. This is committed.
    Differ(Step),
}

/// Takes the digits that the other side read out.
///
/// # Errors
/// `InvalidText{Digits}` for anything but six digits: ask again, nothing changed. `NotFound` where no digits are waited
/// for.
pub fn type_digits(desk: &mut Desk<'_>, id: &ExchangeId, typed: &str) -> Result<Compared> {
    let record = exchanges::get(desk.db, id)?.ok_or(Code::NotFound)?;
    if PairingStage::from_number(record.stage) != PairingStage::Digits {
        return Code::NotFound.err();
    }
    let paired = Paired::from_stored(record.private.expose())?;
    let space = paired.space();
    match digits_match(&paired.their_digits, typed) {
        Ok(()) => {
            let known = spaces::get_space(desk.db, &space)?.ok_or(Code::NotFound)?;
            let stage = u32::from(SpaceState::Checked.code());
            spaces::put_space(desk.db, &SpaceRecord { stage, ..known })?;
            crate::command::write_spaces(desk, &space, &record.nickname)?;
            let done = ExchangeRecord { stage: PairingStage::Done as u32, private: SecretBytes::default(), ..record };
            exchanges::put(desk.db, &done)?;
            Ok(Compared::Same(step(&done, None, None)))
        }
        Err(error) if error.code() == Code::DigitsDiffer => {
            spaces::remove_space(desk.db, &space)?;
            Ok(Compared::Differ(end(desk, record)?))
        }
        Err(other) => Err(other),
    }
}

fn end(desk: &Desk<'_>, record: ExchangeRecord) -> Result<Step> {
    let stage = PairingStage::Ended as u32;
    let ended =
        ExchangeRecord { stage, private: SecretBytes::default(), sent: SecretBytes::default(), space: None, ..record };
    exchanges::put(desk.db, &ended)?;
    Ok(step(&ended, None, None))
}

/// Gives a pairing up that is not done.
///
/// # Errors
/// `NotFound` for one that is not there or is over.
pub fn cancel(desk: &mut Desk<'_>, id: &ExchangeId) -> Result<Step> {
    let record = exchanges::get(desk.db, id)?.ok_or(Code::NotFound)?;
    match PairingStage::from_number(record.stage) {
        PairingStage::Done | PairingStage::Ended => return Code::NotFound.err(),
        PairingStage::Digits | PairingStage::Invited | PairingStage::Replied => {}
    }
    if let Some(space) = &record.space {
        spaces::remove_space(desk.db, space)?;
    }
    end(desk, record)
}

/// The pairings of this device, newest first.
///
/// # Errors
/// Those of the database.
pub fn all(desk: &Desk<'_>) -> Result<Vec<Step>> {
    exchanges::all(desk.db)?.iter().map(|record| Ok(step(record, None, digits_of(record)?))).collect()
}
