//! A world of people, from one seed.

use crate::Device;
use belay::exchange::flow::{PairingStage, Step};
use belay::exchange::pairing::InviteTerms;
use belay::ids::SpaceId;
use belay::space::Role;
use std::cell::Cell;
use std::rc::Rc;
use tempfile::TempDir;

/// When stories begin: 22 November 2026, 8 in the morning in Lisbon.
const BEGINS_MS: i64 = 1_795_334_400_000;
/// Exchanges after which two who are not interrupted hold the same.
const ROUNDS_MAX: usize = 12;

/// Where a story takes place. It prints its seed when the story fails.
pub struct World {
    seed: String,
    place: Rc<TempDir>,
    devices: Cell<usize>,
}

impl World {
    /// A world in which everything follows from this seed.
    pub fn new(seed: impl Into<String>) -> Self {
        let place = Rc::new(tempfile::tempdir().expect("a temporary folder"));
        World { seed: seed.into(), place, devices: Cell::new(0) }
    }

    /// A device without a vault.
    pub fn bare(&self, name: &str) -> Device {
        let number = self.devices.get();
        self.devices.set(number + 1);
        let folder = self.place.path().join(format!("{number}"));
        // Clocks of different people never agree.
        let begins = BEGINS_MS + 977_000 * i64::try_from(number).unwrap_or(0);
        Device::new(name, &self.seed, self.place.clone(), folder, begins)
    }

    /// A device with a vault whose recovery notice was understood.
    pub fn person(&self, name: &str) -> Device {
        let mut device = self.bare(name);
        device.create();
        device.acknowledge();
        device
    }

    /// A copy of a device's vault as it is now, opened on another phone: one device twice.
    pub fn copy_of(&self, device: &Device, name: &str) -> Device {
        let number = self.devices.get();
        self.devices.set(number + 1);
        device.copied(name, self.place.path().join(format!("{number}")))
    }

    /// Mara, a person, and Theo, who supports her, paired by file.
    pub fn mara_and_theo(&self) -> (Device, Device, SpaceId) {
        let (mara, theo) = (self.person("Mara"), self.person("Theo"));
        let space = pair(&mara, &theo);
        (mara, theo, space)
    }
}

impl Drop for World {
    #[allow(clippy::print_stderr, reason = "a seed is told on failure")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the world's seed was {:?}", self.seed);
        }
    }
}

/// Three files, up to the digits: the inviter's step and the other's.
#[track_caller]
pub fn pair_up_to_digits(person: &Device, supporter: &Device) -> (Step, Step) {
    let terms = InviteTerms::relationship(Role::Person);
    let invited = person.companion.pair_invite(terms, &supporter.name, &person.at()).expect("inviting");
    let invitation = invited.send.expect("an invitation");
    let joined = supporter.companion.pair_join(&invitation, None, &person.name, &supporter.at()).expect("joining");
    let reply = joined.send.expect("a reply");
    let inviting = person.companion.pair_take(&reply, &person.at()).expect("taking the reply");
    let completion = inviting.send.clone().expect("a completion");
    let joining = supporter.companion.pair_take(&completion, &supporter.at()).expect("taking the completion");
    assert_eq!((inviting.stage, joining.stage), (PairingStage::Digits, PairingStage::Digits));
    assert_eq!(inviting.space, joining.space, "both name one space");
    (inviting, joining)
}

/// Pairs two people by file, digits typed on both sides; the first is the person, the second supports them.
#[track_caller]
pub fn pair(person: &Device, supporter: &Device) -> SpaceId {
    let (inviting, joining) = pair_up_to_digits(person, supporter);
    let shown = |step: &Step| step.digits.clone().expect("digits to read out");
    let one = person.companion.pair_digits(&inviting.id, &shown(&joining), &person.at()).expect("the same digits");
    let two = supporter.companion.pair_digits(&joining.id, &shown(&inviting), &supporter.at()).expect("the same");
    assert_eq!((one.stage, two.stage), (PairingStage::Done, PairingStage::Done));
    inviting.space.expect("a space")
}

/// One bundle each way; whether both said that they hold the same and nothing new came.
#[track_caller]
pub fn exchange_once(a: &Device, b: &Device, space: &SpaceId) -> bool {
    let there = b.take(&a.bundle(space)).unwrap_or_else(|failure| panic!("{}: {failure:?}", b.name));
    let back = a.take(&b.bundle(space)).unwrap_or_else(|failure| panic!("{}: {failure:?}", a.name));
    [&there, &back].iter().all(|report| report.new == 0 && report.equal == [Some(true)])
}

/// Bundles both ways until both say that they hold the same.
#[track_caller]
pub fn until_quiet(a: &Device, b: &Device, space: &SpaceId) {
    let quiet = (0..ROUNDS_MAX).any(|_| exchange_once(a, b, space));
    assert!(quiet, "{} and {} do not come to rest", a.name, b.name);
}
