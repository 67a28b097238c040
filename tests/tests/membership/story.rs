//! Random statements by anybody on any past: honest ones, back-dated ones, forged roles, hidden keys.

use crate::cast::{Cast, Phone, add, heads, leave, phone, remove, reset};
use belay::space::{Role, SignedStatement, SpaceKind};
use belay_tests::Chance;

/// Phones of a story; each has a member to whom it belongs.
pub const PHONES: usize = 16;

pub struct Story {
    pub cast: Cast,
    pub all: Vec<SignedStatement>,
    /// Phones that were named so far, at times with a hidden key.
    named: Vec<Phone>,
    /// Whether members leave; that is final.
    pub may_leave: bool,
}

impl Story {
    /// A space of two or three, one to three phones each, and so many statements.
    pub fn tell(chance: &mut Chance, statements: usize) -> Self {
        let count = 2 + chance.below(2);
        let phones = |member: usize, own: usize| (0..own).map(|at| phone(member + at * count)).collect::<Vec<_>>();
        let sizes: Vec<usize> = (0..count).map(|_| 1 + chance.below(3)).collect();
        let is_team = chance.percent(30);
        let roles = if is_team {
            [Role::Lead, Role::Member, Role::Member]
        } else {
            [Role::Person, Role::Supporter, Role::Carer]
        };
        let kind = if is_team { SpaceKind::Team } else { SpaceKind::Relationship };
        let members: Vec<(Role, Vec<&Phone>)> =
            (0..count).map(|member| (roles[member], phones(member, sizes[member]))).collect();
        let named = members.iter().flat_map(|(_, phones)| phones.iter().map(|phone| (*phone).clone())).collect();
        let cast = Cast::new(kind, &members);
        let mut story = Story { all: vec![cast.genesis.clone()], cast, named, may_leave: true };
        for _ in 0..statements {
            let by = story.anyone(chance);
            story.act(chance, &by, true);
        }
        story
    }

    fn anyone(&self, chance: &mut Chance) -> Phone {
        if chance.percent(5) {
            phone(chance.below(PHONES)).clone()
        } else {
            self.named[chance.below(self.named.len())].clone()
        }
    }

    /// Whose phone it is.
    pub fn home(&self, of: &Phone) -> usize {
        let number = (0..PHONES).find(|number| phone(*number).id == of.id).unwrap_or(0);
        number % self.cast.people.len()
    }

    fn past(&self, chance: &mut Chance) -> Vec<&SignedStatement> {
        match chance.below(10) {
            0..=3 => {
                let named: Vec<_> =
                    self.all.iter().flat_map(|one| one.statement().expect("own").parents().to_vec()).collect();
                self.all.iter().filter(|one| !named.contains(&one.id())).take(64).collect()
            }
            4..=6 => vec![&self.all[chance.below(self.all.len())]],
            _ => (0..=chance.below(3)).map(|_| &self.all[chance.below(self.all.len())]).collect(),
        }
    }

    /// One statement by this phone; by a root where the words are at hand.
    pub fn act(&mut self, chance: &mut Chance, by: &Phone, with_words: bool) {
        let home = self.home(by);
        let member = if chance.percent(90) { home } else { chance.below(self.cast.people.len()) };
        let other = self.anyone(chance);
        let cut = heads(&[(&other, 1 + u8::try_from(chance.below(9)).expect("small")), (by, 20)]);
        let past = self.past(chance);
        let made = match chance.below(100) {
            0..45 => {
                let mates = PHONES / self.cast.people.len();
                let mut new = phone(member + chance.below(mates) * self.cast.people.len()).clone();
                if chance.percent(12) {
                    // Keys of somebody else, or a key hidden behind a phone that is known.
                    new = if chance.percent(50) { other } else { new.with_hidden_key(&format!("{:?}", by.id)) };
                }
                let made = add(by, self.cast.people[member].id, &new, &past);
                self.named.push(new);
                made
            }
            45..82 => remove(by, &other, cut, &past),
            82..86 if self.may_leave => leave(by, self.cast.people[member].id, cut, &past),
            82..86 => remove(by, &other, cut, &past),
            _ if !with_words => remove(by, &other, cut, &past),
            _ => {
                let count = self.cast.people.len();
                let phones: Vec<&Phone> =
                    (0..1 + chance.below(2)).map(|_| phone(home + chance.below(PHONES / count) * count)).collect();
                let made = reset(&self.cast.people[home], &distinct(&phones), cut, &past);
                self.named.extend(phones.into_iter().cloned());
                made
            }
        };
        self.all.push(made);
    }
}

fn distinct<'a>(phones: &[&'a Phone]) -> Vec<&'a Phone> {
    let mut kept: Vec<&Phone> = Vec::new();
    for phone in phones {
        if !kept.iter().any(|other| other.id == phone.id) {
            kept.push(phone);
        }
    }
    kept
}

/// The same in another order.
pub fn shuffled<T: Clone>(list: &[T], chance: &mut Chance) -> Vec<T> {
    let mut list = list.to_vec();
    for at in (1..list.len()).rev() {
        list.swap(at, chance.below(at + 1));
    }
    list
}
