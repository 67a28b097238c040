//! Known facts of zones, from the IANA database.

use super::*;
use chrono::NaiveDate;

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
}

fn unix_s(text: &str) -> i64 {
    local(text).and_utc().timestamp()
}

/// What clocks in a zone show when it is this in UTC.
fn shown(zone: &str, utc: &str) -> String {
    Zone::named(zone).unwrap().local(local(utc).and_utc()).to_string()
}

/// When clocks in a zone show this, in seconds.
fn moments(zone: &str, text: &str) -> (Option<i64>, Option<i64>) {
    let moments = Zone::named(zone).unwrap().moments(local(text));
    (moments.earliest.map(|ms| ms / 1000), moments.latest.map(|ms| ms / 1000))
}

fn once(utc: &str) -> (Option<i64>, Option<i64>) {
    (Some(unix_s(utc)), Some(unix_s(utc)))
}

#[test]
fn a_name_counts_only_as_iana_spells_it() {
    for name in
        ["UTC", "Etc/UTC", "Europe/Berlin", "US/Eastern", "EST5EDT", "Asia/Calcutta", "America/Argentina/Ushuaia"]
    {
        assert_eq!(Zone::named(name).unwrap().name(), name);
        assert_eq!(Zone::named_or_utc(name).name(), name);
    }
    let none = ["", "utc", "europe/berlin", "Europe/berlin", "Z", "Nowhere/Else", "Etc/Unknown", "Factory", "+01:00"];
    for name in none.into_iter().chain(["CET-1CEST", "Local", " UTC", "Europe/Berlin ", "../etc/localtime"]) {
        assert!(Zone::named(name).is_none(), "{name}");
        assert_eq!(Zone::named_or_utc(name).name(), "UTC");
    }
}

#[test]
fn every_name_of_the_database_is_one_zone() {
    let names = TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
    assert!(names.len() > 590, "{}", names.len());
    for name in names.iter().filter(|name| *name != NO_ZONE) {
        assert_eq!(Zone::named(name).unwrap().name(), name);
    }
}

#[test]
fn clocks_show_the_time_of_their_zone() {
    for (zone, utc, there) in [
        ("UTC", "2026-11-22 13:07:00", "2026-11-22 13:07:00"),
        ("Europe/Berlin", "2026-11-22 13:07:00", "2026-11-22 14:07:00"),
        ("Asia/Kathmandu", "2026-11-22 13:07:00", "2026-11-22 18:52:00"),
        ("Asia/Kathmandu", "1985-06-01 00:00:00", "1985-06-01 05:30:00"),
        ("America/Sao_Paulo", "2018-12-01 12:00:00", "2018-12-01 10:00:00"),
        ("America/Sao_Paulo", "2026-12-01 12:00:00", "2026-12-01 09:00:00"),
        ("Africa/Cairo", "2022-07-01 12:00:00", "2022-07-01 14:00:00"),
        ("Africa/Cairo", "2026-07-01 12:00:00", "2026-07-01 15:00:00"),
        ("Africa/Cairo", "2026-12-01 12:00:00", "2026-12-01 14:00:00"),
        ("Pacific/Apia", "2011-12-30 09:59:59", "2011-12-29 23:59:59"),
        ("Pacific/Apia", "2011-12-30 10:00:00", "2011-12-31 00:00:00"),
        ("Australia/Lord_Howe", "2026-01-15 12:00:00", "2026-01-15 23:00:00"),
        ("Australia/Lord_Howe", "2026-07-15 12:00:00", "2026-07-15 22:30:00"),
        // before the common zones: the sun's time, to the second
        ("Europe/Amsterdam", "1900-01-01 12:00:00", "1900-01-01 12:00:00"),
        ("Asia/Kathmandu", "1900-01-01 12:00:00", "1900-01-01 17:41:16"),
    ] {
        assert_eq!(shown(zone, utc), there, "{zone}");
    }
}

#[test]
fn what_clocks_skip_is_at_no_moment() {
    let berlin = |text| moments("Europe/Berlin", text);
    assert_eq!(berlin("2026-03-29 01:59:59"), once("2026-03-29 00:59:59"));
    assert_eq!(berlin("2026-03-29 02:00:00"), (None, None));
    assert_eq!(berlin("2026-03-29 02:59:59"), (None, None));
    assert_eq!(berlin("2026-03-29 03:00:00"), once("2026-03-29 01:00:00"));
    // clocks in Cairo go forward over midnight, of a Friday
    assert_eq!(moments("Africa/Cairo", "2026-04-24 00:00:00"), (None, None));
    assert_eq!(moments("Africa/Cairo", "2026-04-24 01:00:00"), once("2026-04-23 22:00:00"));
    assert_eq!(moments("America/Sao_Paulo", "2018-11-04 00:30:00"), (None, None));
    // Samoa went over the date line
    assert_eq!(moments("Pacific/Apia", "2011-12-30 00:00:00"), (None, None));
    assert_eq!(moments("Pacific/Apia", "2011-12-30 23:59:59"), (None, None));
    assert_eq!(moments("Pacific/Apia", "2011-12-31 00:00:00"), once("2011-12-30 10:00:00"));
}

#[test]
fn what_clocks_show_twice_is_at_two_moments() {
    let twice = |first, second| (Some(unix_s(first)), Some(unix_s(second)));
    let berlin = |text| moments("Europe/Berlin", text);
    assert_eq!(berlin("2026-10-25 01:59:59"), once("2026-10-24 23:59:59"));
    assert_eq!(berlin("2026-10-25 02:00:00"), twice("2026-10-25 00:00:00", "2026-10-25 01:00:00"));
    assert_eq!(berlin("2026-10-25 02:59:59"), twice("2026-10-25 00:59:59", "2026-10-25 01:59:59"));
    assert_eq!(berlin("2026-10-25 03:00:00"), once("2026-10-25 02:00:00"));
    // back from midnight into the day before
    let cairo = |text| moments("Africa/Cairo", text);
    assert_eq!(cairo("2026-10-29 23:30:00"), twice("2026-10-29 20:30:00", "2026-10-29 21:30:00"));
    assert_eq!(cairo("2026-10-30 00:00:00"), once("2026-10-29 22:00:00"));
    let sao_paulo = moments("America/Sao_Paulo", "2019-02-16 23:00:00");
    assert_eq!(sao_paulo, twice("2019-02-17 01:00:00", "2019-02-17 02:00:00"));
}

#[test]
fn the_last_rule_of_a_zone_goes_on() {
    for year in [2037, 2038, 2099, 2101, 2199] {
        assert_eq!(shown("Europe/Berlin", &format!("{year}-07-01 12:00:00")), format!("{year}-07-01 14:00:00"));
        assert_eq!(shown("Europe/Berlin", &format!("{year}-12-01 12:00:00")), format!("{year}-12-01 13:00:00"));
        assert_eq!(shown("America/New_York", &format!("{year}-07-01 12:00:00")), format!("{year}-07-01 08:00:00"));
        assert_eq!(shown("Asia/Kathmandu", &format!("{year}-07-01 12:00:00")), format!("{year}-07-01 17:45:00"));
    }
    assert_eq!(moments("Europe/Berlin", "2099-03-29 02:30:00"), (None, None));
    assert_eq!(moments("Europe/Berlin", "2099-10-25 02:30:00").0, Some(unix_s("2099-10-25 00:30:00")));
    assert_eq!(moments("Europe/Berlin", "2099-10-25 02:30:00").1, Some(unix_s("2099-10-25 01:30:00")));
}

#[test]
fn no_date_is_too_far_to_ask_for() {
    for date in [NaiveDate::MIN, NaiveDate::MAX] {
        let noon = date.and_hms_opt(12, 0, 0).unwrap();
        let moments = Zone::named("Europe/Berlin").unwrap().moments(noon);
        assert_eq!((moments.earliest, moments.latest), (None, None));
    }
}
