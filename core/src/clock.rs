//! Time as the host gives it. Nothing here reads a clock, and nothing is ordered or decided by time
//! except waits and expiries on this device (invariant I28).

mod zones;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use zones::Zone;

/// Now, as the host tells it with every call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Unix time in milliseconds.
    pub unix_ms: i64,
    /// IANA time zone name; an unknown one counts as UTC.
    pub zone: String,
    /// Milliseconds since the device started, if the host can tell: waits keep when the wall clock is set back.
    pub boot_ms: u64,
    /// Changes at every start of the device.
    pub boot_id: u64,
}

/// A time as claimed by whoever wrote something, fixed at entry (domain.md §3.1, invariant I16).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Stamp {
    /// Unix time in milliseconds.
    pub unix_ms: i64,
    /// IANA time zone name.
    pub zone: String,
    /// Local date, `2026-11-22`.
    pub local_date: String,
    /// Local time, `14:07`.
    pub local_time: String,
}

impl Moment {
    /// This moment as a claim that is kept.
    pub fn stamp(&self) -> Stamp {
        Stamp::at(self.unix_ms, &self.zone)
    }
    /// The local date here and now.
    pub fn local_date(&self) -> NaiveDate {
        local(self.unix_ms, &Zone::named_or_utc(&self.zone)).date()
    }

    /// When the local date here is another for the first time, in Unix milliseconds: mostly midnight, and what a change of
    /// clocks makes of it. `None` where the calendar ends.
    pub fn day_ends(&self) -> Option<i64> {
        let (today, tomorrow) = (self.local_date(), self.local_date().checked_add_days(Days::new(1))?);
        [self.first_of(tomorrow), self.steps_back(today)].into_iter().flatten().min()
    }

    /// When this local date begins here, the first time after now; `None` where it does not.
    pub fn first_of(&self, date: NaiveDate) -> Option<i64> {
        let zone = Zone::named_or_utc(&self.zone);
        let midnight = date.and_time(NaiveTime::MIN);
        // Where clocks go forward over midnight, the day begins at the first minute there is; a day may be left out.
        let minutes = (0..=MINUTES_LEFT_OUT).map(|minute| zone.moments(midnight + TimeDelta::minutes(minute)));
        let begins = minutes.into_iter().find(|local| local.earliest.is_some())?;
        let begins = [begins.earliest, begins.latest].into_iter().flatten();
        begins.filter(|begins| *begins > self.unix_ms).min()
    }

    /// When clocks go back from this day, which has just begun, into the one before.
    fn steps_back(&self, today: NaiveDate) -> Option<i64> {
        let zone = Zone::named_or_utc(&self.zone);
        let again = zone.moments(today.and_time(NaiveTime::MIN)).latest?;
        let is_before = |unix_ms: i64| local(unix_ms, &zone).date() < today;
        let (mut same, mut before) = (self.unix_ms, again.checked_sub(1)?);
        if before <= same || !is_before(before) {
            return None;
        }
        while before - same > 1 {
            let between = same + (before - same) / 2;
            if is_before(between) { before = between } else { same = between }
        }
        Some(before)
    }
}

/// Most minutes that a zone ever left out at once: two days, more than the one that Samoa did.
const MINUTES_LEFT_OUT: i64 = 2 * 24 * 60;

impl Stamp {
    /// The claim of a time in a zone.
    pub fn at(unix_ms: i64, zone: &str) -> Self {
        Clocks::of(zone).stamp(unix_ms)
    }
}

/// The clocks of one zone, looked up once for many times.
pub(crate) struct Clocks(Zone);

impl Clocks {
    /// Those of this zone; of UTC where there is none.
    pub fn of(zone: &str) -> Self {
        Clocks(Zone::named_or_utc(zone))
    }

    /// What [`Stamp::at`] says.
    pub fn stamp(&self, unix_ms: i64) -> Stamp {
        let local = local(unix_ms, &self.0);
        // A year has four digits: beyond those of `local` there is none.
        let mut local_date = String::with_capacity(10);
        put_digits(&mut local_date, local.year().unsigned_abs(), 1_000);
        for part in [local.month(), local.day()] {
            local_date.push('-');
            put_digits(&mut local_date, part, 10);
        }
        let mut local_time = String::with_capacity(5);
        put_digits(&mut local_time, local.hour(), 10);
        local_time.push(':');
        put_digits(&mut local_time, local.minute(), 10);
        Stamp { unix_ms, zone: self.0.name().to_owned(), local_date, local_time }
    }
}

/// Writes a number with as many digits as this power of ten has.
fn put_digits(text: &mut String, number: u32, mut power: u32) {
    while power > 0 {
        text.extend(char::from_digit(number / power % 10, 10));
        power /= 10;
    }
}

/// Whether this is a name of the IANA database, spelled as there.
pub(crate) fn is_zone(name: &str) -> bool {
    Zone::named(name).is_some()
}

fn local(unix_ms: i64, zone: &Zone) -> NaiveDateTime {
    // Beyond what a calendar holds, a claim is shown as 1 January 1970: it decides nothing.
    let utc = DateTime::<Utc>::from_timestamp_millis(unix_ms).unwrap_or_default();
    zone.local(if (1900..=2199).contains(&utc.year()) { utc } else { DateTime::<Utc>::default() })
}

/// How a time reads beside now: the pieces a catalogue makes a label of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nearness {
    /// The same local day.
    Today,
    /// The local day before.
    Yesterday,
    /// Two to six days before; the weekday, 0 is Monday.
    Weekday(u32),
    /// This calendar year: day of the month and month (1 to 12).
    ThisYear(u32, u32),
    /// Any other: day, month, year.
    Date(u32, u32, i32),
}

impl Stamp {
    /// Where the stamp's own local date lies, seen from `now`.
    pub fn nearness(&self, now: &Moment) -> Nearness {
        let today = now.local_date();
        let date: NaiveDate = self.local_date.parse().unwrap_or_default();
        match (today - date).num_days() {
            0 => Nearness::Today,
            1 => Nearness::Yesterday,
            2..=6 => Nearness::Weekday(date.weekday().num_days_from_monday()),
            _ if date.year() == today.year() => Nearness::ThisYear(date.day(), date.month()),
            _ => Nearness::Date(date.day(), date.month(), date.year()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(unix_ms: i64, zone: &str) -> Moment {
        Moment { unix_ms, zone: zone.into(), boot_ms: 0, boot_id: 0 }
    }

    #[test]
    fn a_stamp_keeps_its_local_day_when_the_phone_travels() {
        let before_midnight = 1_700_000_000_000 - 1_700_000_000_000 % 86_400_000 + 86_400_000 - 600_000;
        let stamp = moment(before_midnight, "Europe/Lisbon").stamp();
        assert_eq!(stamp.local_time, "23:50");
        let later = moment(before_midnight + 1_800_000, "America/Sao_Paulo");
        assert_eq!(stamp.nearness(&later), Nearness::Today);
    }

    /// The moment at which UTC shows this.
    fn at(utc: &str, zone: &str) -> Moment {
        let utc = NaiveDateTime::parse_from_str(utc, "%Y-%m-%d %H:%M").unwrap();
        moment(utc.and_utc().timestamp_millis(), zone)
    }

    #[test]
    fn a_day_ends_where_clocks_say_so() {
        for (zone, now, ends) in [
            ("Nowhere/Else", "2026-11-22 13:07", "2026-11-23 00:00"),
            ("Asia/Kathmandu", "2026-11-22 13:07", "2026-11-22 18:15"),
            // midnight is skipped: the day begins at one
            ("Africa/Cairo", "2026-04-23 12:00", "2026-04-23 22:00"),
            // at midnight it is eleven again: no other day before the second midnight
            ("Africa/Cairo", "2026-10-29 20:30", "2026-10-29 22:00"),
            ("Africa/Cairo", "2026-10-29 21:30", "2026-10-29 22:00"),
            // one minute into Sunday clocks go back into Saturday
            ("America/St_Johns", "2010-11-07 01:00", "2010-11-07 02:30"),
            ("America/St_Johns", "2010-11-07 02:30", "2010-11-07 02:31"),
            ("America/St_Johns", "2010-11-07 02:31", "2010-11-07 03:30"),
            // the day after is left out
            ("Pacific/Apia", "2011-12-30 05:00", "2011-12-30 10:00"),
        ] {
            let (now, ends) = (at(now, zone), at(ends, zone));
            assert_eq!(now.day_ends(), Some(ends.unix_ms), "{zone} {now:?}");
            assert_ne!(ends.local_date(), now.local_date());
        }
    }

    #[test]
    fn a_wild_clock_is_shown_and_harms_nothing() {
        assert_eq!(moment(i64::MAX, "Nowhere/Else").stamp().local_date, "1970-01-01");
        assert_eq!(moment(0, "europe/berlin").stamp().zone, "UTC");
        assert_eq!(moment(0, "US/Eastern").stamp().zone, "US/Eastern");
    }
}
