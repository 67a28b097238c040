//! Someone else knows a secret: the words begin again.

use crate::*;

/// Mara's phone and tablet, a phone whose secret a thief knows, and Theo.
struct Theft {
    circle: Circle,
    plan: Plan,
}

impl Theft {
    fn new(world: &World) -> Self {
        let circle = Circle::new(world, 3, 1);
        let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
        circle.devices[0].apply(plan.add(OWN, "Walk"));
        circle.tell_everything();
        circle.devices[2].apply(plan.add(OWN, "Tea"));
        circle.tell_everything();
        Theft { circle, plan }
    }
    fn at(&self, at: usize) -> &Device {
        &self.circle.devices[at]
    }
    fn tell(&self, from: usize, to: usize) {
        let bundle = self.circle.everything(from, to, &self.circle.space);
        self.at(to).take(&bundle).expect("an envelope");
    }
    fn words(&self) -> RecoveryWords {
        self.at(0).words().clone()
    }
    fn lines(&self, at: usize) -> BTreeSet<String> {
        BTreeSet::from_iter(self.plan.words(self.at(at), OWN))
    }
}

#[test]
fn whoever_knows_a_phones_secret_is_ended_by_the_words() {
    let world = World::new("thief with the secret");
    let theft = Theft::new(&world);
    let space = theft.circle.space;
    let (phone, tablet, thief, theo) = (0, 1, 2, 3);
    // The thief removes the honest ones, everywhere, and writes.
    for honest in [phone, tablet] {
        let out = theft.at(thief).companion.remove_device(
            &space,
            &theft.at(honest).id(),
            &theft.at(thief).secret(),
            &theft.at(thief).at(),
        );
        out.expect("the secret is known");
    }
    theft.at(thief).apply(theft.plan.add(OWN, "Mine now"));
    for honest in [phone, tablet, theo] {
        theft.tell(thief, honest);
    }
    assert_eq!(state(theft.at(phone), &space), SpaceState::PutOut);
    assert_eq!(theft.at(phone).refused(theft.plan.add(OWN, "Help")), Code::Revoked);
    assert_eq!(theft.lines(theo), lines(&["Walk", "Tea", "Mine now"]));
    // Her passphrase leads nowhere, her words do: the tablet stays, the thief does not.
    let by_secret = theft.at(phone).companion.remove_device(
        &space,
        &theft.at(thief).id(),
        &theft.at(phone).secret(),
        &theft.at(phone).at(),
    );
    assert_eq!(by_secret.expect_err("it is out").code(), Code::Revoked);
    let keep = [theft.at(tablet).id()];
    let done = theft.at(phone).companion.reset_with_words(&theft.words(), &keep, &theft.at(phone).at());
    entered_all(&done.expect("her words").spaces, &[own(theft.at(phone)), space]);
    theft.at(phone).apply(theft.plan.add(OWN, "Mine again"));
    // The thief answers with all there is to answer with, before hearing of it and after.
    theft.at(thief).apply(theft.plan.add(OWN, "Later"));
    for (from, to) in [(phone, theo), (thief, theo), (phone, tablet), (theo, tablet), (theo, phone), (phone, thief)] {
        theft.tell(from, to);
    }
    for honest in [phone, tablet, theo] {
        let on = theft.at(honest);
        assert_eq!(theft.lines(honest), lines(&["Walk", "Tea", "Mine now", "Mine again"]), "{}", on.name);
        let active = [phone, tablet, thief].map(|at| is_active(&theft.at(at).id(), on, &space));
        assert_eq!(active, [true, true, false], "{}", on.name);
    }
    assert_eq!([phone, tablet].map(|at| theft.at(at).hash(&space)), [theft.at(theo).hash(&space); 2]);
    assert_eq!(state(theft.at(thief), &space), SpaceState::PutOut);
    let held = statements_of(theft.at(theo), &space).len();
    let again = theft.at(thief).companion.remove_device(
        &space,
        &theft.at(phone).id(),
        &theft.at(thief).secret(),
        &theft.at(thief).at(),
    );
    assert_eq!(again.expect_err("it is out").code(), Code::Revoked);
    theft.tell(thief, theo);
    assert_eq!(statements_of(theft.at(theo), &space).len(), held);
    assert_eq!(theft.at(theo).kept_out(&space).len(), 1, "what came later is listed");
    // The tablet writes on, and her own space is hers.
    theft.at(tablet).apply(theft.plan.add(OWN, "Of the tablet"));
    theft.tell(tablet, theo);
    assert!(theft.lines(theo).contains("Of the tablet"));
    note(theft.at(phone), "Quiet");
    assert!(!is_active(&theft.at(thief).id(), theft.at(phone), &own(theft.at(phone))));
}

#[test]
fn new_keys_then_the_words_leave_a_thief_with_a_copy_of_this_very_phone_nothing() {
    let world = World::new("copied and known");
    let mut theft = Theft::new(&world);
    let space = theft.circle.space;
    theft.at(0).companion.lock().expect("locking");
    let thief = world.bare("A thief");
    copy(theft.at(0).folder(), thief.folder());
    thief.unlock().expect("the secret is known");
    theft.at(0).unlock().expect("hers");
    let old = theft.at(0).id();
    let renewed = theft.at(0).companion.renew_device(&theft.at(0).secret(), None, &theft.at(0).at()).expect("new keys");
    theft.circle.devices[0].keys_changed();
    let (phone, theo) = (theft.at(0), theft.at(3));
    assert_eq!(renewed.device.from, old);
    // The thief puts her tablet out; the words bring it back and end the thief's keys, which were hers.
    thief.companion.remove_device(&space, &theft.at(1).id(), &thief.secret(), &thief.at()).expect("known");
    phone.companion.reset_with_words(&theft.words(), &[theft.at(1).id()], &phone.at()).expect("her words");
    phone.apply(theft.plan.add(OWN, "Safe"));
    thief.apply(theft.plan.add(OWN, "In her name"));
    theo.take(&thief.bundle(&space)).expect("an envelope");
    theo.take(&phone.bundle(&space)).expect("an envelope");
    phone.take(&theo.bundle(&space)).expect("an envelope");
    for device in [phone, theo] {
        assert!(!is_active(&old, device, &space) && is_active(&theft.at(1).id(), device, &space));
        assert!(is_active(&phone.id(), device, &space));
        let told = BTreeSet::from_iter(theft.plan.words(device, OWN));
        assert_eq!(told, lines(&["Walk", "Tea", "Safe"]), "{}", device.name);
    }
    assert_eq!(phone.hash(&space), theo.hash(&space));
    assert!(!wires_of(theo, &space).is_empty());
}
