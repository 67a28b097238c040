//! `--json`: one compact object a call, stable keys, isolates stripped, whole ids with their short form beside.

use belay::clock::Stamp;
use belay::library::strip_isolates;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The version of the shapes.
pub const VERSION: u32 = 1;

/// A list as one object.
pub fn list<T: Serialize>(
    kind: &str,
    rows: &[T],
    next: Option<&str>,
    total: u64,
    short: &dyn Fn(&str) -> String,
) -> String {
    let rows: Vec<Value> = rows.iter().map(|row| finish(to_value(row), short)).collect();
    json!({ "v": VERSION, "kind": kind, "rows": rows, "next": next, "total": total }).to_string()
}

/// One thing: a list of one.
pub fn one<T: Serialize>(kind: &str, row: &T, short: &dyn Fn(&str) -> String) -> String {
    list(kind, std::slice::from_ref(row), None, 1, short)
}

fn to_value<T: Serialize>(row: &T) -> Value {
    serde_json::to_value(row).expect("records have text keys and no failing part")
}

/// The record as it is given out.
fn finish(value: Value, short: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(strip_isolates(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| finish(item, short)).collect()),
        Value::Object(map) => Value::Object(finish_map(map, short)),
        other => other,
    }
}

fn finish_map(map: Map<String, Value>, short: &dyn Fn(&str) -> String) -> Map<String, Value> {
    let mut done = Map::new();
    for (key, value) in map {
        match (key.as_str(), value) {
            ("id", Value::String(id)) => {
                done.insert("short".into(), Value::String(short(&id)));
                done.insert(key, Value::String(id));
            }
            ("unix_ms", Value::Number(ms)) => {
                done.insert("instant".into(), Value::String(instant(ms.as_i64().unwrap_or_default())));
            }
            ("may", may) => {
                done.insert("actions".into(), actions(&may));
            }
            (_, value) => {
                done.insert(key, finish(value, short));
            }
        }
    }
    done
}

/// What may be done now, from `{"acts":[{"deed", "answer": "yes" or why not}]}`.
fn actions(may: &Value) -> Value {
    let acts = may.get("acts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let allowed = |act: &&Value| act.get("answer").is_some_and(|answer| answer == "yes");
    Value::Array(acts.iter().filter(allowed).filter_map(|act| act.get("deed").cloned()).collect())
}

/// A time in RFC 3339 with milliseconds, in UTC.
pub fn instant(unix_ms: i64) -> String {
    let stamp = Stamp::at(unix_ms, "UTC");
    let rest = unix_ms.rem_euclid(60_000);
    format!("{}T{}:{:02}.{:03}Z", stamp.local_date, stamp.local_time, rest / 1_000, rest % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_finished() {
        let row = json!({
            "id": "kq4m0000", "label": "\u{2068}Theo\u{2069}",
            "when": { "unix_ms": 1_795_335_000_123_i64, "zone": "UTC" },
            "may": { "acts": [
                { "deed": "edit", "answer": "yes" },
                { "deed": "suggest", "answer": { "no": { "why": "AlreadyYours", "until_ms": null } } },
            ] },
        });
        let told: Value = serde_json::from_str(&one("note", &row, &|id| id[..4].to_owned())).unwrap();
        assert_eq!(told["rows"][0]["short"], "kq4m");
        assert_eq!(told["rows"][0]["label"], "Theo");
        assert_eq!(told["rows"][0]["when"]["instant"], "2026-11-22T08:10:00.123Z");
        assert_eq!(told["rows"][0]["actions"], json!(["edit"]));
        assert_eq!((told["v"].as_u64(), told["total"].as_u64()), (Some(1), Some(1)));
    }
}
