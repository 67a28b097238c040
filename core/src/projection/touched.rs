use crate::document::{ActKind, Kind};
use crate::error::Result;
use crate::ids::{DocId, ObjectId, SpaceId};
use crate::store::meta;
use rusqlite::{Connection, Row};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Who caused a change, seen from this device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub enum Cause {
    /// What was done here.
    #[default]
    Mine = 1,
    /// What came from another device, one of my own too.
    Theirs = 2,
    /// Time alone: what was forgotten long enough ago.
    Clock = 3,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub enum How {
    /// It is there now.
    Added = 1,
    /// It reads otherwise.
    Changed = 2,
    /// It is there no longer.
    Gone = 3,
    /// Who may do what may be otherwise; it reads as before.
    Rights = 4,
}

/// What kind of thing was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum Matter {
    /// A note.
    Note,
    /// A goal.
    Goal,
    /// A plan's frame, and the parts its owner writes.
    Plan,
    /// A part of a plan that all write; its parent is the plan.
    Joint,
    /// One member's part of a plan; its parent is the plan.
    Column,
    /// What one member said about a plan or goal, which is its parent.
    Lane,
    /// What a member is called; its parent is the space.
    Profile,
    /// What I call others.
    Spaces,
    /// A space: its members, their devices, how far it has come.
    Space,
    /// A device's log in a shared space, or what that device said it holds.
    Log,
    /// The same in the space of my own devices.
    OwnLog,
    /// A change that was kept out, or is no longer.
    KeptOut,
    /// What was forgotten, or is asked to be.
    Forgotten,
    /// A document that needs repair, or no longer does.
    Repair,
    /// What a person must hear about this vault: words not tested, a card that is not mine.
    Vault,
    /// A pairing that is under way.
    Pairing,
    /// Words typed and not kept yet.
    Draft,
    /// A copy of a note that was given.
    Copy,
    /// What I agreed to: which copies I gave, of which notes.
    Consent,
    /// Something of a newer app.
    Other,
}

/// How the table numbers what is no document.
const NUMBERS: [(i64, Matter); 9] = [
    (101, Matter::Space),
    (102, Matter::Log),
    (103, Matter::OwnLog),
    (104, Matter::KeptOut),
    (105, Matter::Forgotten),
    (106, Matter::Repair),
    (107, Matter::Vault),
    (108, Matter::Pairing),
    (109, Matter::Draft),
];

impl Matter {
    fn from_number(number: i64) -> Self {
        if let Some((_, matter)) = NUMBERS.iter().find(|(known, _)| *known == number) {
            return *matter;
        }
        match u32::try_from(number).ok().and_then(Kind::from_number) {
            Some(kind) => kind.into(),
            None => Matter::Other,
        }
    }
}

impl From<Kind> for Matter {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Note => Matter::Note,
            Kind::Goal => Matter::Goal,
            Kind::Plan => Matter::Plan,
            Kind::Joint => Matter::Joint,
            Kind::Column => Matter::Column,
            Kind::Lane => Matter::Lane,
            Kind::Profile => Matter::Profile,
            Kind::Spaces => Matter::Spaces,
            Kind::Copy => Matter::Copy,
            Kind::Consent => Matter::Consent,
        }
    }
}

/// One thing that was touched: an id and kinds, never words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Touched {
    /// Which: a document, a space, a device, a batch; for what is about the vault itself, my own space.
    pub of: ObjectId,
    /// What it is.
    pub kind: Matter,
    /// What it belongs to: the plan of a part, the plan or goal of what was said about it, the space of a name.
    pub parent: Option<ObjectId>,
    /// What became of it. Of several in a range the last counts, but what is new in it stays `Added`, and `Rights` gives
    /// way to all else.
    pub how: How,
}

/// Whether everything that was touched is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub enum Extent {
    /// It is all in the list.
    #[default]
    Listed,
    /// It was more than a list holds, or longer ago than is kept: read everything again.
    Everything,
}

/// What changed between two commits: ids only, never words.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Changes {
    /// After this commit.
    pub from: u64,
    /// Up to this one.
    pub to: u64,
    /// Who caused it. Where several did, theirs comes before mine, and mine before the clock's: what came from another
    /// must not pass as one's own.
    pub cause: Cause,
    /// What was touched, newest first, at most 256; empty where that is not all.
    pub touched: Vec<Touched>,
    /// Whether that is all.
    pub extent: Extent,
}

/// Most objects a [`Changes`] lists (boundary.md, "Changes").
pub const TOUCHED_MAX: usize = 256;
/// Rows that are looked at for them: a long range that touches the same few things is still told.
const ROWS_MAX: usize = 16 * TOUCHED_MAX;
/// How many commits back are told one by one. A host that was away longer reads everything, which costs it less.
pub const COMMITS_KEPT: u64 = 4_096;

/// Says who causes what is written from here on in this transaction; it is mine until someone says so.
///
/// # Errors
/// Those of the database.
pub fn caused_by(db: &Connection, cause: Cause) -> Result<()> {
    meta::set_cause(db, cause as u8)
}

/// Says that what is shown of a space reads otherwise, where no row that tells it moved: a counter tells nobody.
///
/// # Errors
/// Those of the database.
pub fn touch_space(db: &Connection, space: &SpaceId) -> Result<()> {
    db.prepare_cached("INSERT INTO touching VALUES (?1, 101, NULL, 2)")?.execute([space])?;
    Ok(())
}

/// Drops what was touched longer ago than is told.
///
/// # Errors
/// Those of the database.
pub fn drop_old_touched(db: &Connection) -> Result<()> {
    meta::drop_touched(db, meta::commit_number(db)?.saturating_sub(COMMITS_KEPT))
}

fn row(row: &Row<'_>) -> rusqlite::Result<(Touched, Cause)> {
    let how = match row.get(3)? {
        1 => How::Added,
        3 => How::Gone,
        4 => How::Rights,
        _ => How::Changed,
    };
    let cause = match row.get(4)? {
        2 => Cause::Theirs,
        3 => Cause::Clock,
        _ => Cause::Mine,
    };
    let kind = Matter::from_number(row.get(1)?);
    Ok((Touched { of: row.get(0)?, kind, parent: row.get(2)?, how }, cause))
}

/// What an earlier change and a later one come to.
fn after(earlier: How, later: How) -> How {
    match (earlier, later) {
        (earlier, How::Rights) => earlier,
        (How::Added, How::Changed) => How::Added,
        (_, later) => later,
    }
}

fn weight(cause: Cause) -> u8 {
    match cause {
        Cause::Theirs => 2,
        Cause::Mine => 1,
        Cause::Clock => 0,
    }
}

/// What changed after a commit.
///
/// # Errors
/// Those of the database.
pub fn changes_since(db: &Connection, commit: u64) -> Result<Changes> {
    let to = meta::commit_number(db)?;
    let none = Changes { from: commit, to, ..Changes::default() };
    let everything = Changes { extent: Extent::Everything, cause: Cause::Theirs, ..none.clone() };
    // A commit that is still to come is of another copy of this vault.
    if to.checked_sub(commit).is_none_or(|count| count > COMMITS_KEPT) {
        return Ok(everything);
    }
    let mut query = db.prepare_cached(
        "SELECT object, kind, parent, how, cause FROM touched WHERE made_in > ?1 ORDER BY made_in DESC, object, kind",
    )?;
    let mut rows = query.query([i64::try_from(commit).unwrap_or(i64::MAX)])?;
    let (mut touched, mut places): (Vec<Touched>, BTreeMap<(ObjectId, Matter), usize>) = Default::default();
    let (mut seen, mut cause) = (0, None);
    while let Some(next) = rows.next()? {
        seen += 1;
        let (found, by) = row(next)?;
        cause = cause.max(Some((weight(by), by)));
        match places.entry((found.of, found.kind)) {
            Entry::Vacant(place) => {
                place.insert(touched.len());
                touched.push(found);
            }
            Entry::Occupied(place) => {
                if let Some(known) = touched.get_mut(*place.get()) {
                    known.how = after(found.how, known.how);
                }
            }
        }
        if touched.len() > TOUCHED_MAX || seen > ROWS_MAX {
            return Ok(everything);
        }
    }
    Ok(Changes { touched, cause: cause.map_or(Cause::Mine, |(_, cause)| cause), ..none })
}

/// The acts written into history after a commit: what, about what, in which part.
///
/// # Errors
/// Those of the database.
pub fn acts_since(db: &Connection, commit: u64) -> Result<Vec<(ActKind, DocId, String)>> {
    let mut query =
        db.prepare_cached("SELECT act, subject, coalesce(field, '') FROM told WHERE made_in > ?1 ORDER BY +id")?;
    let rows = query.query_map([i64::try_from(commit).unwrap_or(i64::MAX)], |row| {
        Ok((ActKind::from_number(row.get(0)?), row.get(1)?, row.get(2)?))
    })?;
    let rows: Vec<(Option<ActKind>, DocId, String)> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().filter_map(|(act, subject, part)| Some((act?, subject, part))).collect())
}
