//! People, as they are typed.

use super::{Missing, Named, going_on_first, pick, short_in};
use crate::failure::{Done, Trouble};
use crate::host::Host;
use belay::error::Code;
use belay::exchange::flow::PairingStage;
use belay::ids::SpaceId;
use belay::library::Arg;
use belay::text::fold;
use belay::view::{Answer, Ask, RelationshipRow};

/// Everybody I share something with.
pub fn people(host: &Host) -> Done<Vec<RelationshipRow>> {
    match host.read(Ask::Relationships)? {
        Answer::Relationships(rows) => Ok(rows),
        _ => Err(Code::Internal.into()),
    }
}

/// A person, by what I call them or what they call themselves.
pub fn person(host: &Host, typed: &str) -> Done<RelationshipRow> {
    let named = |row: RelationshipRow| {
        let has_ended = has_ended(&row);
        (has_ended, Named { id: row.space.to_string(), names: names(&row), is: row })
    };
    // Whoever I paired with once more is meant by the name, not what has ended.
    let all = going_on_first(people(host)?.into_iter().map(named).collect());
    let found = pick(host, typed, all, Missing::Person);
    match found {
        Err(trouble) if trouble.code() == Some(Code::NotFound) && is_pairing(host, typed)? => {
            Err(host.told_with("NotInForce", "term-pair-not-done", &[], "belay pair digits", 7))
        }
        Err(trouble) if trouble.code() == Some(Code::NotFound) => Err(nobody(host)?),
        other => other,
    }
}

/// Most names that are told to somebody who typed another one.
const NAMES_TOLD: usize = 5;

/// Nobody is called this: who is.
fn nobody(host: &Host) -> Done<Trouble> {
    let names: Vec<String> = people(host)?.into_iter().map(|row| row.name.into_string()).collect();
    let told = match names.len() {
        0 => return Ok(host.told_with("NotFound", "term-person-none", &[], "belay pair --help", 4)),
        1..=NAMES_TOLD => names.join(", "),
        _ => return Ok(Missing::Person.trouble()),
    };
    Ok(host.told_with("NotFound", "term-person-other", &[("names", Arg::Text(&told))], "belay status", 4))
}

/// Whether a pairing with someone I call this waits for its digits.
fn is_pairing(host: &Host, typed: &str) -> Done<bool> {
    let steps = match host.open()?.pairings(&host.now()) {
        Err(failure) if failure.code() == Code::NeedsAcknowledgement => return Ok(false),
        steps => steps?,
    };
    Ok(steps.iter().any(|step| step.stage == PairingStage::Digits && fold(&step.nickname) == fold(typed)))
}

fn names(row: &RelationshipRow) -> Vec<String> {
    let others = row.people.iter().filter(|person| !person.is_me).map(|person| person.name.as_str().to_owned());
    others.chain([row.name.as_str().to_owned()]).collect()
}

fn has_ended(row: &RelationshipRow) -> bool {
    row.stage.code == "left"
}

/// When I paired there, as it is told beside a name that two have; empty where nothing here says.
pub fn paired(host: &Host, space: &SpaceId) -> String {
    let stamp = host.open().and_then(|companion| Ok(companion.paired_when(space)?));
    let Ok(Some(stamp)) = stamp else { return String::new() };
    let when = host.phrases.when_inside(&stamp, &host.now());
    host.say("term-paired", &[("when", Arg::Text(&when))])
}

/// An id as it is typed, with what tells whose it is.
pub fn id_and_when(host: &Host, id: &str, short: &str) -> String {
    let paired = SpaceId::parse(id).map(|space| paired(host, &space)).unwrap_or_default();
    if paired.is_empty() {
        return short.to_owned();
    }
    host.say("term-id-beside", &[("id", Arg::Text(short)), ("text", Arg::Text(&paired))])
}

/// Who else is called this here, as they are typed and told apart; whoever has left is out of the way.
pub fn others_called(host: &Host, name: &str, but: Option<&SpaceId>) -> Done<Vec<String>> {
    let all = people(host)?;
    let ids = all.iter().map(|row| row.space.to_string()).collect();
    let others = all.iter().filter(|row| !has_ended(row) && Some(&row.space) != but);
    let same = others.filter(|row| fold(row.name.as_str()) == fold(name)).map(|row| row.space.to_string());
    Ok(same.map(|id| id_and_when(host, &id, &short_in(&id, &ids))).collect())
}

/// How a person is typed so that nobody else is meant: by name, else by the beginning of the id.
pub fn called(row: &RelationshipRow, all: &[RelationshipRow]) -> String {
    let name = fold(row.name.as_str());
    let counts = |other: &&RelationshipRow| !has_ended(other) || has_ended(row);
    let others = all.iter().filter(|other| other.space != row.space).filter(counts);
    match others.flat_map(names).any(|other| fold(&other) == name) {
        true => short_in(&row.space.to_string(), &all.iter().map(|row| row.space.to_string()).collect()),
        false => crate::commands::named(row.name.as_str()),
    }
}
