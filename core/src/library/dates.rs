//! Days and times in words (experience.md §3). Never "n minutes ago": a claim is shown, not measured.

use super::{Arg, Phrases};
use crate::clock::{Moment, Nearness, Stamp};
use chrono::{Datelike, Days, NaiveDate};

/// A claim this much ahead of this device's clock is shown as "around" (invariant I28).
const SKEW_MAX_MS: i64 = 24 * 3_600_000;

/// Stands where a time of day will, in a sentence that is kept for all of a day.
const TIME_PLACE: char = '\u{e000}';

/// How the times of one local day read now: in a list most rows are of few days.
#[derive(Clone, Debug)]
pub struct Day {
    label: Timed,
    long: Timed,
    until_ms: Option<i64>,
}

#[derive(Clone, Debug)]
struct Timed {
    before: String,
    /// `None` where no time is told.
    after: Option<String>,
}

impl Timed {
    fn new(said: String) -> Self {
        match said.split_once(TIME_PLACE) {
            Some((before, after)) => Timed { before: before.to_owned(), after: Some(after.to_owned()) },
            None => Timed { before: said, after: None },
        }
    }

    fn at(&self, time: &str) -> String {
        match &self.after {
            Some(after) => [&self.before, time, after].concat(),
            None => self.before.clone(),
        }
    }
}

impl Day {
    /// As [`Phrases::when_label`] says it.
    pub fn label(&self, local_time: &str) -> String {
        self.label.at(local_time)
    }

    /// As [`Phrases::when_long`] says it.
    pub fn long(&self, local_time: &str) -> String {
        self.long.at(local_time)
    }

    /// As [`Phrases::when_until`] says it.
    pub fn until_ms(&self) -> Option<i64> {
        self.until_ms
    }
}

impl Phrases {
    /// The words for every time of the stamp's day; `None` where its clock was so far ahead that this is what is told.
    pub fn day(&self, stamp: &Stamp, now: &Moment) -> Option<Day> {
        if is_ahead(stamp, now) {
            return None;
        }
        let stamp = Stamp { local_time: TIME_PLACE.to_string(), ..stamp.clone() };
        let (label, long) = (Timed::new(self.when_label(&stamp, now)), Timed::new(self.when_long(&stamp)));
        Some(Day { label, long, until_ms: Self::when_until(&stamp, now) })
    }

    /// `Today 14:07` · `Yesterday 14:07` · `Tuesday 14:07` (up to 6 days) · `3 May` · `3 May 2025`; from a
    /// clock more than 24 hours ahead: `around 3 May, by that phone's clock`.
    pub fn when_label(&self, stamp: &Stamp, now: &Moment) -> String {
        self.when(stamp, now, ["when-today", "when-yesterday"])
    }

    /// The same where it stands inside a sentence: `Kept, today 08:10`.
    pub fn when_inside(&self, stamp: &Stamp, now: &Moment) -> String {
        self.when(stamp, now, ["when-inside-today", "when-inside-yesterday"])
    }

    /// When [`Phrases::when_label`] reads otherwise by time alone, in Unix milliseconds; `None`: never.
    pub fn when_until(stamp: &Stamp, now: &Moment) -> Option<i64> {
        let date: NaiveDate = stamp.local_date.parse().unwrap_or_default();
        let today = now.local_date();
        let new_year = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).and_then(|date| now.first_of(date));
        let ahead = is_ahead(stamp, now);
        let next = match (today - date).num_days() {
            0 | 1 => now.day_ends(),
            2..=6 => date.checked_add_days(Days::new(7)).and_then(|date| now.first_of(date)),
            ..0 => now.first_of(date),
            _ => None,
        };
        let years = match date.year() {
            year if year == today.year() => new_year(year.saturating_add(1)),
            year if year > today.year() => new_year(year),
            _ => None,
        };
        let near = ahead.then(|| stamp.unix_ms.saturating_sub(SKEW_MAX_MS));
        // Clocks that go back take today, and what is told by it, along.
        let back = now.day_ends().filter(|ends| *ends < now.unix_ms.saturating_add(SKEW_MAX_MS));
        let back = back.filter(|ends| Stamp::at(*ends, &now.zone).local_date < today.to_string());
        [next, years, near, back].into_iter().flatten().min()
    }

    /// `Sunday, 22 November 2026, 14:07`
    pub fn when_long(&self, stamp: &Stamp) -> String {
        let Ok(date) = stamp.local_date.parse::<NaiveDate>() else { return stamp.local_date.clone() };
        let weekday = Arg::Number(u64::from(date.weekday().num_days_from_monday()));
        let date = self.whole_date(date);
        let args = [("weekday", weekday), ("date", Arg::Text(&date)), ("time", Arg::Text(&stamp.local_time))];
        self.say("when-long", &args)
    }

    /// A local date: `3 May` in this year, else `3 May 2025`. What is no date is answered as it came.
    pub fn date_label(&self, local_date: &str, now: &Moment) -> String {
        match local_date.parse::<NaiveDate>() {
            Ok(date) => self.date(date, now),
            Err(_) => local_date.to_owned(),
        }
    }

    /// When something ends, by this device's clock: `until 14:32` today, `until Wednesday 14:20` within six
    /// days, else `until 3 May, 14:20`.
    pub fn until_label(&self, unix_ms: i64, now: &Moment) -> String {
        let end = Stamp::at(unix_ms, &now.zone);
        let time = ("time", Arg::Text(&end.local_time));
        let Ok(date) = end.local_date.parse::<NaiveDate>() else { return end.local_time };
        match (date - now.local_date()).num_days() {
            0 => self.say("until-time", &[time]),
            1..=6 => {
                let weekday = Arg::Number(u64::from(date.weekday().num_days_from_monday()));
                self.say("until-weekday", &[("weekday", weekday), time])
            }
            _ => self.say("until-date", &[("date", Arg::Text(&self.date(date, now))), time]),
        }
    }

    /// A time to come without "until": `14:32`, `Wednesday 14:20` or `3 May`.
    pub(super) fn at_label(&self, unix_ms: i64, now: &Moment) -> String {
        let end = Stamp::at(unix_ms, &now.zone);
        let Ok(date) = end.local_date.parse::<NaiveDate>() else { return end.local_time };
        match (date - now.local_date()).num_days() {
            0 => end.local_time,
            1..=6 => self.weekday(date.weekday().num_days_from_monday(), &end.local_time),
            _ => self.date(date, now),
        }
    }

    fn when(&self, stamp: &Stamp, now: &Moment, [today, yesterday]: [&str; 2]) -> String {
        let time = [("time", Arg::Text(&stamp.local_time))];
        let nearness = stamp.nearness(now);
        let ahead = is_ahead(stamp, now);
        match nearness {
            _ if ahead => {
                let date = self.date_label(&stamp.local_date, now);
                self.say("when-around", &[("date", Arg::Text(&date))])
            }
            Nearness::Today => self.say(today, &time),
            Nearness::Yesterday => self.say(yesterday, &time),
            Nearness::Weekday(day) => self.weekday(day, &stamp.local_time),
            Nearness::ThisYear(..) | Nearness::Date(..) => self.date_label(&stamp.local_date, now),
        }
    }

    fn weekday(&self, day: u32, time: &str) -> String {
        self.say("when-weekday", &[("weekday", Arg::Number(u64::from(day))), ("time", Arg::Text(time))])
    }

    fn date(&self, date: NaiveDate, now: &Moment) -> String {
        if date.year() != now.local_date().year() {
            return self.whole_date(date);
        }
        let (day, month) = (u64::from(date.day()), u64::from(date.month()));
        self.say("when-day-month", &[("day", Arg::Number(day)), ("month", Arg::Number(month))])
    }

    fn whole_date(&self, date: NaiveDate) -> String {
        let (day, month) = (u64::from(date.day()), u64::from(date.month()));
        // As text: digits of a year are not grouped.
        let year = date.year().to_string();
        let args = [("day", Arg::Number(day)), ("month", Arg::Number(month)), ("year", Arg::Text(&year))];
        self.say("when-date", &args)
    }
}

/// Whether the clock of whoever claims this time was more than a day ahead of this one.
fn is_ahead(stamp: &Stamp, now: &Moment) -> bool {
    stamp.unix_ms.saturating_sub(now.unix_ms) > SKEW_MAX_MS
}

#[cfg(test)]
mod tests {
    use super::super::strip_isolates;
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    /// Sunday, 22 November 2026, 14:07 in Lisbon.
    fn now() -> Moment {
        Moment { unix_ms: 1_795_356_420_000, zone: "Europe/Lisbon".into(), boot_ms: 0, boot_id: 0 }
    }

    fn label(ago_ms: i64) -> String {
        let now = now();
        strip_isolates(&Phrases::new(&["en"]).when_label(&Stamp::at(now.unix_ms - ago_ms, &now.zone), &now))
    }

    #[test]
    fn a_time_reads_by_its_distance() {
        assert_eq!(label(0), "Today 14:07");
        assert_eq!(label(DAY_MS), "Yesterday 14:07");
        assert_eq!(label(5 * DAY_MS), "Tuesday 14:07");
        assert_eq!(label(6 * DAY_MS), "Monday 14:07");
        assert_eq!(label(7 * DAY_MS), "15 November");
        assert_eq!(label(400 * DAY_MS), "18 October 2025");
    }

    #[test]
    fn a_clock_far_ahead_is_said_to_be_so() {
        assert_eq!(label(-25 * 3_600_000), "around 23 November, by that phone's clock");
        assert_eq!(label(-60 * DAY_MS), "around 21 January 2027, by that phone's clock");
        assert_eq!(label(-2 * 3_600_000), "Today 16:07");
        // Tomorrow by less than a day is a date, not a fault.
        assert_eq!(label(-12 * 3_600_000), "23 November");
    }

    #[test]
    fn the_words_of_a_day_are_those_of_each_of_its_times() {
        let (phrases, now) = (Phrases::new(&["en"]), now());
        for ago_ms in [0, 60_000, DAY_MS, 3 * DAY_MS, 6 * DAY_MS, 7 * DAY_MS, 400 * DAY_MS, -12 * 3_600_000] {
            let stamp = Stamp::at(now.unix_ms - ago_ms, &now.zone);
            let other = Stamp { local_time: "03:04".to_owned(), ..stamp.clone() };
            let day = phrases.day(&stamp, &now).unwrap();
            for stamp in [stamp, other] {
                assert_eq!(day.label(&stamp.local_time), phrases.when_label(&stamp, &now));
                assert_eq!(day.long(&stamp.local_time), phrases.when_long(&stamp));
                assert_eq!(day.until_ms(), Phrases::when_until(&stamp, &now));
            }
        }
        assert!(phrases.day(&Stamp::at(now.unix_ms + 25 * 3_600_000, &now.zone), &now).is_none());
    }

    #[test]
    fn ends_are_clock_times() {
        let (phrases, now) = (Phrases::new(&[]), now());
        let until = |ahead: i64| strip_isolates(&phrases.until_label(now.unix_ms + ahead, &now));
        assert_eq!(until(25 * 60_000), "until 14:32");
        assert_eq!(until(3 * DAY_MS + 13 * 60_000), "until Wednesday 14:20");
        assert_eq!(until(30 * DAY_MS), "until 22 December, 14:07");
        assert_eq!(strip_isolates(&phrases.date_label("2027-02-14", &now)), "14 February 2027");
        assert_eq!(strip_isolates(&phrases.when_long(&now.stamp())), "Sunday, 22 November 2026, 14:07");
        assert_eq!(strip_isolates(&phrases.when_inside(&now.stamp(), &now)), "today 14:07");
    }
}
