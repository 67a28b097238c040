//! Time as the host gives it. Nothing here reads a clock, and nothing is ordered or decided by time
//! except waits and expiries on this device (invariant I28).

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

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
        local(self.unix_ms, &self.zone).date_naive()
    }
}

impl Stamp {
    /// The claim of a time in a zone.
    pub fn at(unix_ms: i64, zone: &str) -> Self {
        let local = local(unix_ms, zone);
        Stamp {
            unix_ms,
            zone: local.timezone().name().to_owned(),
            local_date: local.date_naive().to_string(),
            local_time: format!("{:02}:{:02}", local.hour(), local.minute()),
        }
    }
}

fn local(unix_ms: i64, zone: &str) -> DateTime<Tz> {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    // Beyond what a calendar holds, a claim is shown as 1 January 1970: it decides nothing.
    let utc = DateTime::<Utc>::from_timestamp_millis(unix_ms).unwrap_or_default();
    if (1900..=2199).contains(&utc.year()) { utc } else { DateTime::<Utc>::default() }.with_timezone(&zone)
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

    #[test]
    fn a_wild_clock_is_shown_and_harms_nothing() {
        assert_eq!(moment(i64::MAX, "Nowhere/Else").stamp().local_date, "1970-01-01");
    }
}
