//! The zones of the world, carried in the program: every device answers alike, whatever its system knows.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Timelike, Utc};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

/// For systems without a zone set: it stands in the database, and is no zone that somebody is in.
const NO_ZONE: &str = "Factory";

/// A zone of the IANA database.
pub(super) struct Zone(TimeZone);

/// The moments at which the clocks of a zone show a time: none where they skip it, two where they show it twice.
pub(super) struct Moments {
    /// The first or only one, Unix milliseconds.
    pub earliest: Option<i64>,
    /// The last or only one.
    pub latest: Option<i64>,
}

impl Zone {
    /// The zone of this name, spelled as IANA does, capitals too; `None` where there is none.
    pub fn named(name: &str) -> Option<Zone> {
        let zone = TimeZoneDatabase::bundled().get(name).ok().map(Zone)?;
        (zone.name() == name && name != NO_ZONE).then_some(zone)
    }

    /// The zone of this name; UTC where there is none.
    pub fn named_or_utc(name: &str) -> Zone {
        Zone::named(name).unwrap_or(Zone(TimeZone::UTC))
    }

    /// Its name in the IANA database.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or_default()
    }

    /// What clocks there show at a moment.
    pub fn local(&self, utc: DateTime<Utc>) -> NaiveDateTime {
        let offset = Timestamp::from_second(utc.timestamp()).map_or(Offset::UTC, |at| self.0.to_offset(at));
        utc.naive_utc() + seconds(offset)
    }

    /// When clocks there show this; beyond the year 9999 they show nothing.
    pub fn moments(&self, local: NaiveDateTime) -> Moments {
        let at = |offset: Offset| Some((local - seconds(offset)).and_utc().timestamp_millis());
        let (earliest, latest) = match civil(local).map(|local| self.0.to_ambiguous_timestamp(local).offset()) {
            Some(AmbiguousOffset::Unambiguous { offset }) => (at(offset), at(offset)),
            Some(AmbiguousOffset::Fold { before, after }) => (at(before), at(after)),
            Some(AmbiguousOffset::Gap { .. }) | None => (None, None),
        };
        Moments { earliest, latest }
    }
}

fn seconds(offset: Offset) -> TimeDelta {
    TimeDelta::seconds(offset.seconds().into())
}

/// To the second: no clocks ever changed within one.
fn civil(local: NaiveDateTime) -> Option<civil::DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    let year = i16::try_from(local.year()).ok()?;
    let (month, day) = (small(local.month())?, small(local.day())?);
    let (hour, minute, second) = (small(local.hour())?, small(local.minute())?, small(local.second())?);
    civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests;
