//! A day with everything in it that touches a secret, told to the other process step by step.

use crate::child::{Keeper, path};
use crate::needles::{of_vault, pin_of, typed, words_of};
use crate::scan::Needles;
use crate::{copy, passphrase, recovery, secret};
use belay::crypto::words::RecoveryWords;
use belay::exchange::Scope;
use belay::ids::SpaceId;
use belay::secret::Secret32;
use belay::vault::UnlockWith;
use belay_tests::{Device, SeededEntropy, World};
use std::path::PathBuf;
use tempfile::TempDir;

/// The person's first passphrase: its umlauts are other bytes once they are normalised.
pub const FIRST: &str = "Schwäne über dem Fluß 7294";
/// The second, after a re-key.
pub const SECOND: &str = "néuf bateaux sous la pluie 5518";
/// The third, set with the second.
pub const THIRD: &str = "três pedras ao pé da água 9037";
/// The backup's.
pub const BACKUP: &str = "čtyři kroky do lesa 6642";
/// What was typed and was wrong.
pub const WRONG: &str = "Schwäne über dem See 1185";
/// The PIN, and a wrong one.
pub const PIN: &str = "7302846591";
pub const WRONG_PIN: &str = "5817306249";
/// Words of a person, long enough to be nobody else's.
pub const TITLE: &str = "the yellow house on Marlpit Lane";
pub const BODY: &str = "told Wenna about the night at the quarry, hands shaking, and she stayed";
pub const GOAL: &str = "ride the 41 bus to the allotment alone";
pub const NAME: &str = "Theodosius of the corner shop";

/// A look around: at the process, after the step of this name, for these secrets and these words.
type Look = dyn FnMut(&Keeper, &str, &Needles, &Needles);

/// The steps, and what there was to find on the way.
pub struct Day {
    pub keeper: Keeper,
    pub words: RecoveryWords,
    /// Every secret so far.
    pub secrets: Needles,
    /// Words of people.
    pub texts: Needles,
    pub key: Option<(Vec<u8>, Vec<u8>)>,
    pub pin_key: Option<(Vec<u8>, Vec<u8>)>,
    pub space: Vec<u8>,
    theo: Device,
    copies: TempDir,
    _world: World,
    sent: usize,
    /// Nothing, or `elsewhere: ` for calls on another thread.
    pub on: &'static str,
    /// Called after every step with its name.
    pub after: Box<Look>,
}

impl Day {
    /// A vault was made; nothing else.
    pub fn begin() -> Day {
        Self::begin_with(Keeper::start())
    }

    /// The same in this process.
    pub fn begin_with(mut keeper: Keeper) -> Day {
        let world = World::new("a day with secrets");
        let theo = world.person("Theo");
        let made = keeper.does("create", &[FIRST.as_bytes()]);
        let words = recovery(&made[0]);
        let (mut secrets, mut texts) = (Needles::default(), Needles::default());
        words_of(&mut secrets, "recovery", &words);
        for (name, text) in
            [("first", FIRST), ("second", SECOND), ("third", THIRD), ("of the backup", BACKUP), ("wrong", WRONG)]
        {
            typed(&mut secrets, &format!("passphrase {name}"), &passphrase(text));
        }
        pin_of(&mut secrets, "right", &secret(PIN));
        pin_of(&mut secrets, "wrong", &secret(WRONG_PIN));
        for (name, text) in [("title", TITLE), ("body", BODY), ("goal", GOAL), ("name", NAME)] {
            texts.text(name, text);
        }
        let copies = tempfile::tempdir().expect("a temporary folder");
        let (key, pin_key, space) = (None, None, Vec::new());
        let after = Box::new(|_: &Keeper, _: &str, _: &Needles, _: &Needles| ());
        Day { keeper, words, secrets, texts, key, pin_key, space, theo, copies, _world: world, sent: 0, on: "", after }
    }

    /// One step that works, and a look around after it.
    #[track_caller]
    pub fn step(&mut self, name: &str, args: &[&[u8]]) -> Vec<Vec<u8>> {
        let parts = self.keeper.does(&format!("{}{name}", self.on), args);
        self.carry(name, args, &parts);
        (self.after)(&self.keeper, name, &self.secrets, &self.texts);
        parts
    }

    /// Keeps every file that leaves, where a host would put it.
    fn carry(&mut self, name: &str, args: &[&[u8]], parts: &[Vec<u8>]) {
        let file = match name {
            "invite" | "join" | "take" => &parts[1],
            "bundle" => &parts[0],
            _ => return,
        };
        let by = if name == "invite" { String::from_utf8_lossy(args[1]) } else { "".into() };
        let folder = self.keeper.place().join("sent");
        std::fs::create_dir_all(&folder).expect("a folder");
        self.sent += 1;
        std::fs::write(folder.join(format!("{} {name} {by}", self.sent)), file).expect("a file");
    }

    fn refused(&mut self, code: &str, name: &str, args: &[&[u8]]) {
        self.keeper.refuses(code, &format!("{}{name}", self.on), args);
        (self.after)(&self.keeper, name, &self.secrets, &self.texts);
    }

    /// Learns what lies in the vault now, from a copy of it.
    pub fn learn(&mut self, name: &str, with: &UnlockWith) -> PathBuf {
        let to = self.copies.path().join(name);
        copy(&self.keeper.vault(), &to);
        of_vault(&mut self.secrets, name, &to, with, &self.words);
        (self.after)(&self.keeper, name, &self.secrets, &self.texts);
        to
    }

    /// [`Day::learn`] without a look around.
    pub fn learn_now(&mut self, name: &str, with: &UnlockWith) {
        let to = self.copies.path().join(name.replace(['"', ' ', ':'], "-"));
        let _ = std::fs::remove_dir_all(&to);
        copy(&self.keeper.vault(), &to);
        of_vault(&mut self.secrets, name, &to, with, &self.words);
    }

    /// The ways in besides the passphrase.
    pub fn slots(&mut self) {
        let [slot, key] =
            <[_; 2]>::try_from(self.step("slot", &[b"passphrase", FIRST.as_bytes()])).expect("a slot and its key");
        self.secrets.key("host: keystore key", &key);
        self.key = Some((slot, key));
        let args: [&[u8]; 3] = [PIN.as_bytes(), b"passphrase", FIRST.as_bytes()];
        let [slot, key] = <[_; 2]>::try_from(self.step("slot with pin", &args)).expect("a slot and its key");
        self.secrets.key("host: keystore key beside the PIN", &key);
        self.pin_key = Some((slot, key));
        self.learn("at first", &passphrase(FIRST));
        let key32 = |key: &[u8]| Secret32::from_slice(key).expect("32 bytes");
        let id = |slot: &[u8]| belay::ids::SlotId::from_slice(slot).expect("an id");
        let (slot, key) = self.pin_key.clone().expect("set above");
        let with =
            UnlockWith::KeystoreAndPin { slot: id(&slot), key32: key32(&key), pin: secret(PIN), vault_counter: None };
        self.learn("by PIN", &with);
        let (slot, key) = self.key.clone().expect("set above");
        let with = UnlockWith::Keystore { slot: id(&slot), key32: key32(&key), vault_counter: None };
        self.learn("by keystore", &with);
    }

    /// Notes and a goal, written, read, put away and fetched again.
    pub fn writes(&mut self) {
        for round in 0..3 {
            let body = format!("{BODY}. {}", "And then the rest of the day. ".repeat(round * 80));
            self.step("note", &[TITLE.as_bytes(), body.as_bytes()]);
        }
        self.step("goal", &[GOAL.as_bytes(), b""]);
        self.step("read", &[]);
        self.step("pause", &[]);
        self.step("resume", &[]);
        self.step("read", &[]);
    }

    /// Two invitations of its own and one of the other's: by file, by words that come to nothing, and answered.
    pub fn pairs(&mut self) {
        let at = |device: &Device| device.at();
        let invited = self.step("invite", &[NAME.as_bytes(), b"file"]);
        let by_words = self.step("invite", &[NAME.as_bytes(), b"words"]);
        let told = recovery(&by_words[4]);
        for three in told.list().windows(3) {
            self.secrets.bytes("words of an invitation", three.join(" ").as_bytes());
        }
        self.learn("inviting", &passphrase(FIRST));
        self.step("cancel", &[&by_words[0]]);
        let joined = self.theo.companion.pair_join(&invited[1], None, "Mara", &at(&self.theo)).expect("joining");
        let taken = self.step("take", &[&joined.send.expect("a reply")]);
        let joining = self.theo.companion.pair_take(&taken[1], &at(&self.theo)).expect("taking");
        let theirs = joining.digits.expect("digits");
        let mine = String::from_utf8(taken[2].clone()).expect("digits");
        self.space = self.step("digits", &[&taken[0], theirs.as_bytes()])[3].clone();
        self.theo.companion.pair_digits(&joining.id, &mine, &at(&self.theo)).expect("the same digits");
        self.is_invited();
        self.exchanges();
    }

    fn is_invited(&mut self) {
        let terms = belay::exchange::pairing::InviteTerms::relationship(belay::space::Role::Supporter);
        let invited = self.theo.companion.pair_invite(terms, "Mara", &self.theo.at()).expect("inviting");
        let joined = self.step("join", &[&invited.send.expect("an invitation"), NAME.as_bytes()]);
        let taken = self.theo.companion.pair_take(&joined[1], &self.theo.at()).expect("taking the reply");
        self.step("take", &[&taken.send.expect("a completion")]);
    }

    fn exchanges(&mut self) {
        let space = SpaceId::from_slice(&self.space).expect("a space");
        let id = self.space.clone();
        self.step("goal", &[GOAL.as_bytes(), &id]);
        let bundle = self.step("bundle", &[&id]);
        self.theo.take(&bundle[0]).expect("an honest bundle");
        let back = self.theo.bundle_of(&space, Scope::Everything);
        self.step("bring", &[&back]);
    }

    /// Secrets that are not the right ones.
    pub fn mistypes(&mut self) {
        let (wrong, third) = (WRONG.as_bytes(), THIRD.as_bytes());
        self.refused("WrongSecret", "set passphrase", &[third, b"passphrase", wrong]);
        let (slot, key) = self.pin_key.clone().expect("slots were made");
        self.refused("WrongSecret", "set passphrase", &[third, b"pin", &key, &slot, WRONG_PIN.as_bytes()]);
        self.refused("WrongSecret", "rekey", &[third, b"passphrase", wrong]);
        let mut other = SeededEntropy::new("other words");
        let words = RecoveryWords::make(belay::crypto::words::WordCount::TwentyFour, &mut other);
        words_of(&mut self.secrets, "wrong words", &words);
        let words = words.list().join(" ");
        self.refused("WrongSecret", "set passphrase", &[third, b"words", words.as_bytes()]);
        self.refused("WrongSecret", "test words", &[words.as_bytes()]);
    }

    /// A backup, the words tested, a new key, a new passphrase, a relationship left.
    pub fn renews(&mut self) {
        let folder = self.keeper.place().join("backup");
        self.step("backup", &[path(&folder), BACKUP.as_bytes(), b"passphrase", FIRST.as_bytes()]);
        let to = self.copies.path().join("a backup");
        copy(&folder, &to);
        of_vault(&mut self.secrets, "of the backup", &to, &passphrase(BACKUP), &self.words);
        let words = self.words.list().join(" ");
        self.step("test words", &[words.as_bytes()]);
        self.learn("before", &passphrase(FIRST));
        self.step("rekey", &[SECOND.as_bytes(), b"passphrase", FIRST.as_bytes()]);
        self.learn("after", &passphrase(SECOND));
        self.step("set passphrase", &[THIRD.as_bytes(), b"words", words.as_bytes()]);
        self.learn("at last", &passphrase(THIRD));
        let space = self.space.clone();
        if !space.is_empty() {
            self.step("leave", &[&space, b"passphrase", THIRD.as_bytes()]);
        }
        self.step("read", &[]);
    }

    /// Everything above.
    pub fn whole(&mut self) {
        self.slots();
        self.writes();
        self.pairs();
        self.mistypes();
        self.renews();
    }

    /// Locks.
    pub fn locks(&mut self) {
        self.step("lock", &[]);
    }
}
