//! What two people carry to each other: a plan that both wrote on apart, and a thousand small envelopes.

use crate::machine::{busy_ms, ms};
use crate::vault::{self, Trouble};
use crate::workload::{self, Chance, PARTS};
use belay::command::{PlanCommand, TextTarget};
use belay::companion::{Saved, Selection, Settle, Splice16, TextChange, TextNow};
use belay::document::plan::PartOwner;
use belay::envelope::{self, EnvelopeContent};
use belay::exchange::write_bundle;
use belay::identity::SignedCard;
use belay::ids::{ElementId, SpaceId};
use belay::secret::SystemEntropy;
use belay::store::spaces;
use belay::view::{Answer, Ask, PlanDetail};
use belay_tests::{Device, Plan, World, text, until_quiet, wires_of};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Two who are paired, and a plan of twelve parts with twelve lines each that both may write on.
pub struct Pair {
    _world: World,
    pub mara: Device,
    pub theo: Device,
    pub space: SpaceId,
    pub plan: Plan,
}

impl Pair {
    /// Makes them.
    pub fn make() -> Result<Self, Trouble> {
        let world = World::new("bench");
        let (mara, theo, space) = world.mara_and_theo();
        let plan = Plan::made_by(&mara, Some(space), "relationship");
        let (_, parts) = workload::plan(7);
        for (at, (title, _)) in parts.iter().enumerate() {
            let title = text(&format!("{title} {at}"));
            mara.apply(PlanCommand::AddPart { plan: plan.id, title, owner: PartOwner::Both });
        }
        let keys = Page::open(&mara, &plan)?;
        for ((_, lines), (key, _)) in parts.iter().zip(&keys.parts) {
            lines.iter().for_each(|line| drop(mara.apply(plan.add(key, line))));
        }
        until_quiet(&mara, &theo, &space);
        Ok(Pair { _world: world, mara, theo, space, plan })
    }
}

/// The plan as a device shows it.
fn shown(on: &Device, plan: &Plan) -> Result<PlanDetail, Trouble> {
    match on.ask(Ask::Plan { id: plan.id }) {
        Answer::Plan(plan) => Ok(*plan),
        other => Err(format!("a plan: {other:?}")),
    }
}

/// The plan on the screen of someone who writes on it: read once, and known from then on.
pub struct Page<'d> {
    on: &'d Device,
    plan: &'d Plan,
    /// The twelve parts by their keys, each with its lines in their order.
    parts: Vec<(String, Vec<ElementId>)>,
}

impl<'d> Page<'d> {
    /// Opens it.
    pub fn open(on: &'d Device, plan: &'d Plan) -> Result<Self, Trouble> {
        let mut now = shown(on, plan)?;
        let mut parts = Vec::new();
        for at in 0..PARTS {
            // Those that were added come last, and bear their number.
            let end = format!(" {at}");
            let part = now.parts.iter_mut().rev().find(|part| part.title.as_str().ends_with(&end));
            let part = part.ok_or_else(|| format!("part {at} is not shown"))?;
            parts.push((part.key.clone(), part.entries.iter().map(|line| line.id).collect()));
        }
        Ok(Page { on, plan, parts })
    }

    /// One edit of the workload, as its own durable commit: a word typed into a line, a line added, or a line moved to the
    /// front where the workload sets a mark. Gives what was put in.
    pub fn edit(&mut self, chance: &mut Chance, name: &str) -> Result<String, Trouble> {
        let (kind, part) = (chance.below(100), chance.below(PARTS));
        let (on, plan) = (self.on, self.plan);
        let (key, lines) = self.parts.get_mut(part).ok_or("a plan without parts")?;
        if kind < 70 {
            let line = *lines.get(chance.below(lines.len())).ok_or("a part without lines")?;
            let target = TextTarget::PlanEntry { plan: plan.id, entry: line };
            type_in(on, &target, chance, &format!("{name} "))?;
            return Ok(name.to_owned());
        }
        if kind < 85 {
            let at = chance.below(lines.len() + 1);
            let after = at.checked_sub(1).and_then(|before| lines.get(before)).copied();
            let words = format!("{} {name}", chance.phrase(5));
            let done = on.apply(PlanCommand::AddEntry { plan: plan.id, part: key.clone(), text: text(&words), after });
            lines.insert(at, done.element.ok_or("a line without a name")?);
            return Ok(words);
        }
        let at = chance.below(lines.len());
        if lines.is_empty() {
            return Err("a part without lines".to_owned());
        }
        let entry = lines.remove(at);
        lines.insert(0, entry);
        on.apply(PlanCommand::MoveEntry { plan: plan.id, entry, after: None });
        Ok(String::new())
    }
}

/// Opens a field, puts a word in somewhere, and leaves it.
fn type_in(on: &Device, target: &TextTarget, chance: &mut Chance, word: &str) -> Result<(), Trouble> {
    let opened = on.companion.text_open(target, &on.at()).map_err(vault::told("a field"))?;
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    let length = units(opened.text.as_str());
    let at = u32::try_from(chance.below(length as usize + 1)).unwrap_or(0);
    let caret = at + units(word);
    let now = TextNow {
        accepted: 0,
        length: length + units(word),
        change: TextChange::Splices { splices: vec![Splice16 { at, remove: 0, insert: text(word) }] },
        selection: Selection { start: caret, end: caret },
        settle: Settle::Leave,
    };
    let left = on.companion.text_close(&opened.session, &now, &on.at()).map_err(vault::told("leaving a field"))?;
    if left.saved == Saved::Kept { Ok(()) } else { Err(format!("words are only {:?}", left.saved)) }
}

/// What carrying cost.
pub struct Merged {
    /// Taking in on one side and the other, ms.
    pub took: [f64; 2],
    /// The same, on a processor.
    pub busy: [f64; 2],
    /// Bytes of batches, both ways together, before padding.
    pub batches: u64,
    /// Bytes of both files.
    pub files: u64,
    /// Letters that were there or were typed, and that a side does not show. Nothing is taken out in this work; a word may
    /// well be typed into the middle of another.
    pub lost: usize,
    /// Whether both say the same.
    pub is_equal: bool,
}

/// Both write on one plan apart, then each takes in what the other carries over.
pub fn merge(pair: &Pair, edits: usize) -> Result<Merged, Trouble> {
    let (mara, theo, space) = (&pair.mara, &pair.theo, &pair.space);
    let before = bytes(&wires_of(mara, space));
    let mut letters = letters_of(&said(&shown(mara, &pair.plan)?));
    for (device, seed, name) in [(mara, 1001, "m"), (theo, 2002, "t")] {
        let (mut page, mut chance) = (Page::open(device, &pair.plan)?, Chance(seed));
        for at in 0..edits {
            let put_in = page.edit(&mut chance, &format!("{name}{at}"))?;
            letters_of(&put_in).into_iter().for_each(|(letter, count)| *letters.entry(letter).or_default() += count);
        }
    }
    let (hers, his) = (mara.bundle(space), theo.bundle(space));
    let (mut took, mut busy) = ([0.0; 2], [0.0; 2]);
    for ((taken, busy), (device, bundle)) in took.iter_mut().zip(&mut busy).zip([(theo, &hers), (mara, &his)]) {
        let (begun, before) = (Instant::now(), busy_ms());
        device.take(bundle).map_err(|failure| format!("taking in: {failure:?}"))?;
        (*taken, *busy) = (ms(begun), busy_ms() - before);
    }
    let batches = bytes(&wires_of(mara, space)).saturating_sub(before);
    let plans = [shown(mara, &pair.plan)?, shown(theo, &pair.plan)?];
    let lost = |plan: &PlanDetail| -> usize {
        let shown = letters_of(&said(plan));
        let missing = |(letter, count): (&char, &usize)| count.saturating_sub(shown.get(letter).copied().unwrap_or(0));
        letters.iter().map(missing).sum()
    };
    let lost = plans.iter().map(lost).sum();
    let is_equal = mara.hash(space) == theo.hash(space);
    Ok(Merged { took, busy, batches, files: (hers.len() + his.len()) as u64, lost, is_equal })
}

/// The lines of a plan, one under the other.
fn said(plan: &PlanDetail) -> String {
    let lines = plan.parts.iter().flat_map(|part| &part.entries);
    lines.map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// How often each letter stands in a text; blanks at the ends of a line are not kept, so none are counted.
fn letters_of(text: &str) -> BTreeMap<char, usize> {
    let mut letters = BTreeMap::new();
    text.chars().filter(|letter| !letter.is_whitespace()).for_each(|letter| *letters.entry(letter).or_default() += 1);
    letters
}

fn bytes(wires: &[Vec<u8>]) -> u64 {
    wires.iter().map(|wire| wire.len() as u64).sum()
}

/// A thousand edits, each closed, signed and sealed alone, taken in from one file: ms, and ms on a processor.
pub fn envelopes(pair: &Pair, count: usize) -> Result<[f64; 2], Trouble> {
    let (mara, theo, space) = (&pair.mara, &pair.theo, &pair.space);
    until_quiet(mara, theo, space);
    let known: BTreeSet<Vec<u8>> = wires_of(mara, space).into_iter().collect();
    let (mut page, mut chance) = (Page::open(mara, &pair.plan)?, Chance(3003));
    for at in 0..count {
        page.edit(&mut chance, &format!("e{at}"))?;
        // Whoever compares hashes closes what is open: a batch an edit.
        mara.hash(space);
    }
    let new: Vec<Vec<u8>> = wires_of(mara, space).into_iter().filter(|wire| !known.contains(wire)).collect();
    let me = theo.id();
    let card = theo.look(|db| {
        let cards = spaces::cards(db, space)?;
        let (_, _, wire) = cards.into_iter().find(|(device, ..)| *device == me).expect("a card of one's own");
        SignedCard::parse(&wire)?.read()
    });
    let mut entropy = SystemEntropy::default();
    let seal = |wire: Vec<u8>| {
        let content = EnvelopeContent { batches: vec![wire], ..EnvelopeContent::new(*space) };
        envelope::seal(&content, &card.sealing_pk, &mut entropy).map_err(|error| format!("sealing: {error:?}"))
    };
    let sealed = new.into_iter().map(seal).collect::<Result<Vec<_>, Trouble>>()?;
    let mut file = Vec::new();
    write_bundle(&mut file, &sealed).map_err(|error| format!("a bundle: {error:?}"))?;
    let (begun, before) = (Instant::now(), busy_ms());
    let report = theo.take(&file).map_err(|failure| format!("taking in: {failure:?}"))?;
    let took = [ms(begun), busy_ms() - before];
    if report.new != sealed.len() as u64 || sealed.len() < count {
        return Err(format!("{} of {} envelopes were taken in", report.new, count));
    }
    Ok(took)
}
