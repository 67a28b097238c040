//! The rules of protocol.md §3 told a second time, slowly: sets of sets, every past evaluated by itself. Written from
//! the page, with nothing of the core's evaluation.

use belay::identity::DeviceEntry;
use belay::ids::{DeviceId, MemberId, SpaceId, StatementId};
use belay::space::{Cut, Genesis, Role, SignedStatement, Statement};
use std::collections::{BTreeMap, BTreeSet};

type Set = BTreeSet<usize>;
type Claim = (DeviceId, DeviceEntry);

/// How a member stands by a set of statements.
#[derive(Clone, Default, Debug)]
pub struct Stands {
    pub reset: Option<usize>,
    pub left: bool,
    pub claims: BTreeSet<Claim>,
    /// Standing removals.
    pub removals: Set,
    pub removed: BTreeSet<DeviceId>,
}

impl Stands {
    pub fn active(&self) -> BTreeSet<DeviceId> {
        self.active_claims().iter().map(|(device, _)| *device).collect()
    }
    fn active_claims(&self) -> BTreeSet<Claim> {
        let counts = |claim: &&Claim| !self.left && !self.removed.contains(&claim.0);
        self.claims.iter().filter(counts).copied().collect()
    }
}

pub struct Node {
    pub id: StatementId,
    pub statement: Statement,
    pub past: Set,
    pub counts: bool,
    /// Members it changes something for.
    about: Vec<MemberId>,
    author: Option<MemberId>,
    /// Who signed, as a device that was active in the past.
    signers: BTreeSet<Claim>,
}

pub struct Reference {
    pub nodes: Vec<Node>,
    genesis: Genesis,
}

impl Reference {
    /// Statements with good signatures, in any order; those whose past is not whole are left out.
    pub fn new(space: SpaceId, statements: &[SignedStatement]) -> Self {
        let all: BTreeMap<StatementId, Statement> =
            statements.iter().filter_map(|signed| Some((signed.id(), signed.verify().ok()?))).collect();
        let id = StatementId(space.0);
        let Some(Statement::Genesis(genesis)) = all.get(&id).cloned() else { panic!("a Genesis") };
        let start = Node {
            id,
            statement: Statement::Genesis(genesis.clone()),
            past: Set::new(),
            counts: true,
            about: vec![],
            author: None,
            signers: BTreeSet::new(),
        };
        let mut made = Reference { nodes: vec![start], genesis };
        loop {
            let placed: BTreeMap<StatementId, usize> =
                made.nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
            let next = all.iter().find(|(id, statement)| {
                !placed.contains_key(id)
                    && !statement.parents().is_empty()
                    && statement.parents().iter().all(|parent| placed.contains_key(parent))
            });
            let Some((id, statement)) = next else { return made };
            let mut past = Set::new();
            for parent in statement.parents() {
                past.insert(placed[parent]);
                past.extend(&made.nodes[placed[parent]].past);
            }
            made.place(*id, statement.clone(), past);
        }
    }

    fn place(&mut self, id: StatementId, statement: Statement, past: Set) {
        let mut node =
            Node { id, statement, past, counts: false, about: vec![], author: None, signers: BTreeSet::new() };
        self.judge(&mut node);
        self.nodes.push(node);
    }

    pub fn everything(&self) -> Set {
        (0..self.nodes.len()).collect()
    }
    pub fn members(&self) -> Vec<MemberId> {
        self.genesis.members.iter().map(belay::space::MemberEntry::member_id).collect()
    }
    fn leads(&self, member: &MemberId) -> bool {
        let entry = self.genesis.members.iter().find(|entry| entry.member_id() == *member);
        entry.is_some_and(|entry| matches!(entry.role, Role::Person | Role::Lead))
    }

    /// Whether a statement adds this device to the member, standing or not.
    fn adds(&self, at: usize, member: &MemberId, device: &DeviceId) -> bool {
        let node = &self.nodes[at];
        match &node.statement {
            Statement::Genesis(genesis) => genesis
                .members
                .iter()
                .any(|entry| entry.member_id() == *member && entry.devices.iter().any(|d| d.device_id() == *device)),
            Statement::DeviceAdd(add) => node.counts && add.member == *member && add.device.device_id() == *device,
            Statement::RootReset(reset) => {
                node.counts && reset.member == *member && reset.devices.iter().any(|d| d.device_id() == *device)
            }
            _ => false,
        }
    }

    pub fn ever_added(&self, set: &Set, member: &MemberId, device: &DeviceId) -> bool {
        set.iter().any(|at| self.adds(*at, member, device))
    }

    /// Evaluation of one member by a set.
    pub fn stands(&self, set: &Set, member: &MemberId) -> Stands {
        let counted: Vec<usize> =
            set.iter().copied().filter(|at| self.nodes[*at].counts && self.nodes[*at].about.contains(member)).collect();
        let is_reset = |at: &usize| matches!(self.nodes[*at].statement, Statement::RootReset(_));
        let resets: Vec<usize> = counted.iter().copied().filter(is_reset).collect();
        let latest = |at: &&usize| !resets.iter().any(|other| self.nodes[*other].past.contains(at));
        let reset = resets.iter().filter(latest).min_by_key(|at| self.nodes[**at].id).copied();
        let after = |at: &usize| reset.is_none_or(|reset| self.nodes[*at].past.contains(&reset));
        let mut made = Stands { reset, ..Stands::default() };
        for at in &counted {
            match &self.nodes[*at].statement {
                Statement::Leave(_) => made.left = true,
                Statement::DeviceRemove(removal) if after(at) => {
                    made.removals.insert(*at);
                    made.removed.insert(removal.device);
                }
                _ => {}
            }
        }
        let first = match reset.map(|at| &self.nodes[at].statement) {
            Some(Statement::RootReset(reset)) => reset.devices.clone(),
            _ => {
                let own = self.genesis.members.iter().find(|entry| entry.member_id() == *member);
                own.expect("a member").devices.clone()
            }
        };
        made.claims = first.iter().map(|entry| (entry.device_id(), *entry)).collect();
        loop {
            let before = made.claims.len();
            for at in counted.iter().filter(|at| after(at)) {
                let Statement::DeviceAdd(add) = &self.nodes[*at].statement else { continue };
                let voids = |claim: &Claim| {
                    made.removals.iter().any(|removal| {
                        let node = &self.nodes[*removal];
                        let of_signer = matches!(&node.statement, Statement::DeviceRemove(r) if r.device == claim.0);
                        of_signer && !node.past.contains(at)
                    })
                };
                let holds = |claim: &Claim| made.claims.contains(claim) && !voids(claim);
                if self.nodes[*at].signers.iter().any(holds) {
                    made.claims.insert((add.device.device_id(), add.device));
                }
            }
            if made.claims.len() == before {
                return made;
            }
        }
    }

    fn signers(&self, past: &Set, member: &MemberId, admin: &[u8; 32]) -> BTreeSet<Claim> {
        self.stands(past, member).active_claims().into_iter().filter(|(_, entry)| entry.admin == *admin).collect()
    }

    fn is_full(&self, past: &Set, author: &MemberId) -> bool {
        let reset = self.stands(past, author).reset;
        let wrote = |at: &&usize| {
            let node = &self.nodes[**at];
            node.counts && node.author == Some(*author) && reset.is_none_or(|reset| node.past.contains(&reset))
        };
        past.iter().filter(wrote).count() >= belay::space::STATEMENTS_MAX
    }

    fn is_foreign(&self, member: &MemberId, entry: &DeviceEntry) -> bool {
        let mut others = self.genesis.members.iter().filter(|other| other.member_id() != *member);
        others.any(|other| {
            let theirs = other.devices.iter().flat_map(|device| [device.signing, device.admin, device.static_pk]);
            let theirs: Vec<[u8; 32]> = theirs.chain([other.root_pk]).collect();
            [entry.signing, entry.admin, entry.static_pk].iter().any(|key| theirs.contains(key))
        })
    }

    fn judge(&self, node: &mut Node) {
        let members = self.members();
        let past = node.past.clone();
        match &node.statement {
            Statement::DeviceAdd(add) => {
                let (member, device) = (add.member, add.device.device_id());
                if !members.contains(&member) || self.is_foreign(&member, &add.device) || self.is_full(&past, &member) {
                    return;
                }
                let stands = self.stands(&past, &member);
                node.signers = self.signers(&past, &member, &add.by);
                let hides = stands.active_claims().iter().any(|(id, entry)| *id == device && *entry != add.device);
                let put_out = stands.reset.is_some_and(|reset| {
                    self.ever_added(&self.nodes[reset].past, &member, &device) && !self.adds(reset, &member, &device)
                });
                node.counts = !node.signers.is_empty() && !hides && !put_out && stands.active().len() < 8;
                (node.about, node.author) = (vec![member], Some(member));
            }
            Statement::DeviceRemove(removal) => {
                let owners: Vec<MemberId> =
                    members.iter().copied().filter(|m| self.ever_added(&past, m, &removal.device)).collect();
                let mut sorted = members.clone();
                sorted.sort_unstable();
                for author in sorted {
                    if self.signers(&past, &author, &removal.by).is_empty() || self.is_full(&past, &author) {
                        continue;
                    }
                    let about = if owners.contains(&author) {
                        vec![author]
                    } else if self.leads(&author) {
                        owners.clone()
                    } else {
                        vec![]
                    };
                    if !about.is_empty() {
                        (node.counts, node.about, node.author) = (true, about, Some(author));
                        return;
                    }
                }
            }
            Statement::Leave(leave) => {
                let mut sorted = members.clone();
                sorted.sort_unstable();
                for author in sorted {
                    let may = (author == leave.member || self.leads(&author)) && members.contains(&leave.member);
                    if may && !self.signers(&past, &author, &leave.by).is_empty() && !self.is_full(&past, &author) {
                        (node.counts, node.about, node.author) = (true, vec![leave.member], Some(author));
                        return;
                    }
                }
            }
            Statement::RootReset(reset) => {
                let foreign = reset.devices.iter().any(|entry| self.is_foreign(&reset.member, entry));
                node.counts = members.contains(&reset.member) && !foreign;
                node.about = vec![reset.member];
            }
            Statement::Genesis(_) | Statement::Unknown(_) => {}
        }
    }

    /// The heads that each standing cut names for a device.
    pub fn cuts(&self, set: &Set, member: &MemberId, device: &DeviceId) -> Vec<BTreeSet<belay::ids::BatchId>> {
        let stands = self.stands(set, member);
        let named = |cut: &[Cut]| -> BTreeSet<belay::ids::BatchId> {
            cut.iter().filter(|cut| cut.device == *device).flat_map(|cut| cut.heads.iter().copied()).collect()
        };
        let mut cuts = Vec::new();
        for at in set {
            let node = &self.nodes[*at];
            match &node.statement {
                Statement::DeviceRemove(removal) if stands.removals.contains(at) && removal.device == *device => {
                    cuts.push(named(&removal.cut));
                }
                Statement::Leave(leave) if node.counts && leave.member == *member => cuts.push(named(&leave.cut)),
                Statement::RootReset(reset)
                    if stands.reset == Some(*at) && !stands.claims.iter().any(|(id, _)| id == device) =>
                {
                    cuts.push(named(&reset.cut));
                }
                _ => {}
            }
        }
        cuts
    }
}
