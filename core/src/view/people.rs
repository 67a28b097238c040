//! Who people are here, who can see a document, and whose something is.

use super::look::Look;
use super::records::{Audience, Ownership, OwnershipKind, Person, Stage};
use crate::document::Kind;
use crate::error::Result;
use crate::ids::{DocId, MemberId};
use crate::library::Arg;
use crate::projection::People;
use crate::space::{Role, SpaceState, audience};
use crate::text::PersonText;
use unicode_segmentation::UnicodeSegmentation;

impl Look<'_> {
    /// A member as named here: by my name for them, else by their own, else as someone.
    pub fn person(&self, people: &People, member: &MemberId) -> Person {
        let is_me = *member == people.me();
        let name = self.name(people, member);
        let initial = name.graphemes(true).next().map(str::to_uppercase).unwrap_or_default();
        let role = people.membership.role_of(member);
        Person {
            member: *member,
            initial: initial.into(),
            name: name.into(),
            is_me,
            role_label: role.map(|role| self.role(role)).unwrap_or_default(),
            checked: is_me || (role.is_some() && people.state() == SpaceState::Checked),
        }
    }

    /// What a member is called, in words where nobody said.
    pub fn name(&self, people: &People, member: &MemberId) -> String {
        match (people.name(member), *member == people.me()) {
            ("", true) => self.say("you", &[]),
            ("", false) => self.say("someone", &[]),
            (name, _) => name.to_owned(),
        }
    }

    /// A role in words.
    pub fn role(&self, role: Role) -> String {
        let id = match role {
            Role::Person => "role-person",
            Role::Supporter => "role-supporter",
            Role::Carer => "role-carer",
            Role::Lead => "role-lead",
            Role::Member => "role-member",
        };
        self.say(id, &[])
    }

    /// A state of a closed set, by its name and the beginning of its phrases.
    pub fn stage(&self, set: &str, code: &str) -> Stage {
        Stage { code: code.to_owned(), label: self.say(&format!("state-{set}-{code}"), &[]) }
    }

    fn readers(&self, people: &People) -> (Vec<MemberId>, Vec<String>) {
        // What lies where it has ended was given before: whoever left has it still.
        let all = match people.state() {
            SpaceState::Ended => people.membership.members.keys().copied().collect(),
            _ => audience(&people.membership),
        };
        let others: Vec<MemberId> = all.into_iter().filter(|member| *member != people.me()).collect();
        let names = others.iter().map(|member| self.name(people, member)).collect();
        (others, names)
    }

    /// Everyone who is able to decrypt what lies in a space, for a row of a list.
    pub fn audience_short(&self, people: &People) -> String {
        let (_, names) = self.readers(people);
        self.phrases().audience_short(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Everyone who is able to decrypt what lies in a space.
    pub fn audience(&self, people: &People) -> Audience {
        let me = people.me();
        let (others, names) = self.readers(people);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Audience {
            people: std::iter::once(&me).chain(&others).map(|member| self.person(people, member)).collect(),
            label: self.phrases().audience(&names),
            short: self.phrases().audience_short(&names),
            devices_of_me: u32::try_from(people.membership.active_devices_of(&me).len()).unwrap_or(u32::MAX),
        }
    }

    /// Whose something is that one member writes.
    pub fn owned_by(&self, people: &People, writer: Option<MemberId>) -> Ownership {
        match writer {
            Some(writer) if writer == people.me() => self.mine(people),
            Some(writer) => {
                let name = self.name(people, &writer);
                let id = if has_ended(people) { "owner-theirs-ended" } else { "owner-theirs" };
                let label = self.say(id, &[("name", Arg::Text(&name))]);
                Ownership { kind: OwnershipKind::Theirs, name: name.into(), label }
            }
            None => self.all_write(people),
        }
    }

    fn mine(&self, people: &People) -> Ownership {
        let others = people.others();
        let label = match others.as_slice() {
            [] => self.say("owner-mine-alone", &[]),
            _ if has_ended(people) => self.say("owner-mine-alone", &[]),
            [other] => self.say("owner-mine", &[("name", Arg::Text(&self.name(people, other)))]),
            _ => self.say("owner-mine-many", &[]),
        };
        Ownership { kind: OwnershipKind::Mine, name: PersonText::default(), label }
    }

    fn all_write(&self, people: &People) -> Ownership {
        let id = match people.others().len() {
            _ if has_ended(people) => "owner-all-ended",
            0 | 1 => "owner-both",
            _ => "owner-all",
        };
        Ownership { kind: OwnershipKind::Both, name: PersonText::default(), label: self.say(id, &[]) }
    }

    /// A part in which each member has a column.
    pub fn each_writes(&self) -> Ownership {
        Ownership { kind: OwnershipKind::Each, name: PersonText::default(), label: self.say("owner-each", &[]) }
    }
}

/// Whether nobody writes or suggests there any more: a label does not say that one can.
fn has_ended(people: &People) -> bool {
    matches!(people.state(), SpaceState::Ended | SpaceState::PutOut)
}

/// Who can see a note, goal or plan.
pub(super) fn audience_of(look: &Look<'_>, of: &DocId) -> Result<Audience> {
    let (_, people) = look.open(of, &[Kind::Note, Kind::Goal, Kind::Plan, Kind::Copy])?;
    Ok(look.audience(&people))
}
