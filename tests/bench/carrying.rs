//! What two people carry to each other: a plan that both wrote on apart, and a thousand small envelopes.

use crate::machine::ms;
use crate::vault::Trouble;
use crate::workload::{self, Chance, PARTS};
use belay::command::{PlanCommand, TextEdit};
use belay::document::plan::PartOwner;
use belay::editing::Splice;
use belay::envelope::{self, EnvelopeContent};
use belay::exchange::write_bundle;
use belay::identity::SignedCard;
use belay::ids::{ElementId, SpaceId};
use belay::secret::SystemEntropy;
use belay::store::spaces;
use belay::view::{Answer, Ask, EntryDetail, PlanDetail};
use belay_tests::{Device, Plan, World, text, until_quiet, wires_of};
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
        for (at, (title, lines)) in parts.iter().enumerate() {
            let title = text(&format!("{title} {at}"));
            mara.apply(PlanCommand::AddPart { plan: plan.id, title, owner: PartOwner::Both });
            let part = part_at(&shown(&mara, &plan)?, at)?.0;
            for line in lines {
                mara.apply(plan.add(&part, line));
            }
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

/// The key and the lines of one of the twelve parts: those that were added come last.
fn part_at(plan: &PlanDetail, at: usize) -> Result<(String, &[EntryDetail]), Trouble> {
    let mut added: Vec<_> = plan.parts.iter().filter(|part| part.title.as_str().ends_with(&format!(" {at}"))).collect();
    let part = added.pop().ok_or_else(|| format!("part {at} is not shown"))?;
    Ok((part.key.clone(), &part.entries))
}

/// One edit of the workload, as its own durable commit: a word put in, a line added, or a line moved to the front where the
/// workload sets a mark. Gives the word that must be found later, if one was put in.
pub fn edit(on: &Device, plan: &Plan, chance: &mut Chance, name: &str) -> Result<Option<String>, Trouble> {
    let (kind, part) = (chance.below(100), chance.below(PARTS));
    let now = shown(on, plan)?;
    let (key, lines) = part_at(&now, part)?;
    if kind < 70 {
        let line = lines.get(chance.below(lines.len())).ok_or("a part without lines")?;
        let units = line.text.as_str().chars().filter(|sign| sign.len_utf16() == 1).count();
        let at = chance.below(units + 1);
        let splices = vec![Splice::new(at, 0, format!("{name} "))];
        let (entry, base) = (line.id, line.rev.clone());
        on.apply(PlanCommand::EditEntry { plan: plan.id, entry, base, text: TextEdit::Splices(splices) });
        return Ok(Some(name.to_owned()));
    }
    let after: Option<ElementId> = chance.below(lines.len() + 1).checked_sub(1).and_then(|at| Some(lines.get(at)?.id));
    if kind < 85 {
        let words = format!("{} {name}", chance.phrase(5));
        on.apply(PlanCommand::AddEntry { plan: plan.id, part: key, text: text(&words), after });
        return Ok(Some(name.to_owned()));
    }
    let entry = lines.get(chance.below(lines.len())).ok_or("a part without lines")?.id;
    on.apply(PlanCommand::MoveEntry { plan: plan.id, entry, after: None });
    Ok(None)
}

/// What carrying cost.
pub struct Merged {
    /// Taking in on one side and the other, ms.
    pub took: [f64; 2],
    /// Bytes of batches, both ways together, before padding.
    pub batches: u64,
    /// Bytes of both files.
    pub files: u64,
    /// Words typed that neither side shows.
    pub lost: usize,
    /// Whether both say the same.
    pub is_equal: bool,
}

/// Both write on one plan apart, then each takes in what the other carries over.
pub fn merge(pair: &Pair, edits: usize) -> Result<Merged, Trouble> {
    let (mara, theo, space) = (&pair.mara, &pair.theo, &pair.space);
    let before = bytes(&wires_of(mara, space));
    let mut words = Vec::new();
    for (device, seed, name) in [(mara, 1001, "m"), (theo, 2002, "t")] {
        let mut chance = Chance(seed);
        for at in 0..edits {
            words.extend(edit(device, &pair.plan, &mut chance, &format!("{name}{at}"))?);
        }
    }
    let (hers, his) = (mara.bundle(space), theo.bundle(space));
    let mut took = [0.0; 2];
    for (taken, (device, bundle)) in took.iter_mut().zip([(theo, &hers), (mara, &his)]) {
        let begun = Instant::now();
        device.take(bundle).map_err(|failure| format!("taking in: {failure:?}"))?;
        *taken = ms(begun);
    }
    let batches = bytes(&wires_of(mara, space)).saturating_sub(before);
    let plans = [shown(mara, &pair.plan)?, shown(theo, &pair.plan)?];
    let said = |plan: &PlanDetail| {
        let lines = plan.parts.iter().flat_map(|part| &part.entries);
        lines.map(|line| line.text.as_str().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let texts = plans.map(|plan| said(&plan));
    let lost = words.iter().filter(|word| texts.iter().any(|text| !text.contains(word.as_str()))).count();
    let is_equal = mara.hash(space) == theo.hash(space);
    Ok(Merged { took, batches, files: (hers.len() + his.len()) as u64, lost, is_equal })
}

fn bytes(wires: &[Vec<u8>]) -> u64 {
    wires.iter().map(|wire| wire.len() as u64).sum()
}

/// A thousand edits, each closed, signed and sealed alone, taken in from one file: ms.
pub fn envelopes(pair: &Pair, count: usize) -> Result<f64, Trouble> {
    let (mara, theo, space) = (&pair.mara, &pair.theo, &pair.space);
    until_quiet(mara, theo, space);
    let known = wires_of(mara, space);
    let mut chance = Chance(3003);
    for at in 0..count {
        edit(mara, &pair.plan, &mut chance, &format!("e{at}"))?;
        mara.rest();
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
    let begun = Instant::now();
    let report = theo.take(&file).map_err(|failure| format!("taking in: {failure:?}"))?;
    let took = ms(begun);
    if report.new != sealed.len() as u64 || sealed.len() < count {
        return Err(format!("{} of {} envelopes were taken in", report.new, count));
    }
    Ok(took)
}
