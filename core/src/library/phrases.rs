//! Every sentence Belay says, from the Fluent catalogues in `phrases/LANG/*.ftl`.
//!
//! An id is a message (`audience-one`) or one of its attributes (`error-not-found.next`). A language that
//! lacks a sentence says it in English. Names, parts and times stand in isolates (U+2068, U+2069), so that
//! a name in another direction keeps its place; [`strip_isolates`] takes them out for JSON and terminals.

use crate::clock::Moment;
use crate::error::{Code, Detail, Field};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::OnceLock;

/// One catalogue file: its name and its text.
type Catalogue = (&'static str, &'static str);

/// A language and its files.
pub(super) type Language = (&'static str, &'static [Catalogue]);

/// The languages there are, each with its files. English comes first and has every sentence that the engine says.
pub(super) const LANGUAGES: &[Language] = &[(
    "en",
    &[
        ("states.ftl", include_str!("phrases/en/states.ftl")),
        ("errors.ftl", include_str!("phrases/en/errors.ftl")),
        ("dates.ftl", include_str!("phrases/en/dates.ftl")),
        ("history.ftl", include_str!("phrases/en/history.ftl")),
        ("plans.ftl", include_str!("phrases/en/plans.ftl")),
        ("screens.ftl", include_str!("phrases/en/screens.ftl")),
    ],
)];

/// What only a terminal says, for [`Phrases::of_terminal`]. A constant lies in no binary that does not name it: an app
/// carries none of this.
pub(super) const TERMINAL: &[Language] = &[(
    "en",
    &[("terminal.ftl", include_str!("phrases/en/terminal.ftl")), ("demo.ftl", include_str!("phrases/en/demo.ftl"))],
)];

/// What stands in for a placeable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Arg<'a> {
    /// A name, a part, a time or the like; also a choice such as `you`.
    Text(&'a str),
    /// A number: it chooses the plural form and is written as the language groups digits.
    Number(u64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Arg::Text(text)
    }
}
impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Arg::Text(text)
    }
}
impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Arg::Number(number as u64)
    }
}

/// A failure in words: what is so, and what is possible.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Told {
    /// What is so, at most 160 signs.
    pub label: String,
    /// What to do next.
    pub next: String,
}

/// The catalogues of the languages a person reads, in their order, English last.
pub struct Phrases {
    languages: Vec<(&'static str, Vec<File>)>,
}

/// A catalogue, which is read once a sentence of it is asked for: a list needs a tenth of what could be said.
struct File {
    name: &'static str,
    text: &'static str,
    bundle: OnceLock<FluentBundle<FluentResource>>,
}

impl File {
    /// Whether a message of this name begins on a line of its own.
    fn names(&self, message: &str) -> bool {
        let after = |rest: &str| rest.trim_start_matches(' ').starts_with('=');
        self.text.match_indices(message).any(|(at, _)| {
            let (before, rest) = self.text.split_at(at);
            (before.is_empty() || before.ends_with('\n')) && rest.strip_prefix(message).is_some_and(after)
        })
    }

    fn bundle(&self, language: &str) -> &FluentBundle<FluentResource> {
        self.bundle.get_or_init(|| bundle(language, (self.name, self.text)))
    }
}

/// A note cannot be put in a note, and a name or a tag is not meant for one.
fn too_long_for(field: Option<Field>) -> Option<&'static str> {
    match field? {
        Field::Body => Some("body-next"),
        Field::Text | Field::Why | Field::Alternatives => None,
        _ => Some("short-next"),
    }
}

/// What a newer Belay made, where it is all of a vault or of a file: nothing of it can be read here.
fn is_newer(detail: &Detail) -> Option<&'static str> {
    match (detail.code, detail.field?) {
        (Code::NewerSchema, Field::Store) if detail.actual.is_none() => Some("other"),
        (Code::NewerSchema, Field::Store | Field::Header) => Some("vault"),
        (Code::NewerSchema, Field::Bundle | Field::Invitation | Field::Reply | Field::Completion) => Some("file"),
        _ => None,
    }
}

impl Phrases {
    /// The catalogues for these BCP-47 languages, best first. Only the language itself counts (`pt` of
    /// `pt-BR`); one that is not there is passed over. English always stands at the end.
    pub fn new(languages: &[&str]) -> Self {
        Phrases::with(languages, &[])
    }

    /// The same with what only a terminal says. The engine itself never has these: what it says is whole without them.
    pub fn of_terminal(languages: &[&str]) -> Self {
        Phrases::with(languages, TERMINAL)
    }

    fn with(languages: &[&str], more: &[Language]) -> Self {
        let mut chosen: Vec<&Language> = Vec::new();
        for language in languages.iter().copied().chain(["en"]) {
            let primary = language.split(['-', '_', '.']).next().unwrap_or_default().to_lowercase();
            let found = LANGUAGES.iter().find(|(name, _)| *name == primary);
            chosen.extend(found.filter(|found| !chosen.iter().any(|(name, _)| *name == found.0)));
        }
        let file = |(name, text): &Catalogue| File { name, text, bundle: OnceLock::new() };
        let files = |(name, files): &Language| {
            let beside = more.iter().filter(|(language, _)| language == name).flat_map(|(_, files)| files.iter());
            (*name, files.iter().chain(beside).map(file).collect())
        };
        Phrases { languages: chosen.into_iter().map(files).collect() }
    }

    /// The language most sentences will be in.
    pub fn language(&self) -> &'static str {
        self.languages.first().map_or("en", |(name, _)| name)
    }

    /// Whether there is such a sentence in any of the languages.
    pub fn has(&self, id: &str) -> bool {
        self.found(id).next().is_some()
    }

    /// The sentence in each language that has it, with the catalogue it stands in.
    fn found<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a FluentBundle<FluentResource>, &'a Sentence<'a>)> {
        self.languages.iter().filter_map(move |(language, files)| {
            let message = id.split_once('.').map_or(id, |(message, _)| message);
            // What was read is asked before what must be looked through.
            let has = |file: &&File| file.bundle.get().is_some_and(|bundle| bundle.has_message(message));
            let unread = |file: &&File| file.bundle.get().is_none() && file.names(message);
            let file = files.iter().find(has).or_else(|| files.iter().find(unread))?;
            let bundle = file.bundle(language);
            Some((bundle, pattern(bundle, id)?))
        })
    }

    /// The sentence with its placeables filled in, isolates and all.
    ///
    /// A missing id or argument is a defect: it panics in debug builds (the id is no person's word) and
    /// otherwise answers the id, so that no `{$name}` reaches a person.
    pub fn say(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let args: FluentArgs<'_> = args
            .iter()
            .map(|(name, arg)| match arg {
                Arg::Text(text) => (*name, FluentValue::from(*text)),
                Arg::Number(number) => (*name, FluentValue::from(*number)),
            })
            .collect();
        for (bundle, pattern) in self.found(id) {
            let mut faults = Vec::new();
            let said = bundle.format_pattern(pattern, Some(&args), &mut faults);
            if faults.is_empty() {
                return said.into_owned();
            }
            debug_assert!(false, "phrase {id} lacks an argument: {faults:?}");
        }
        debug_assert!(self.has(id), "no phrase {id}");
        id.to_owned()
    }

    /// A sentence that needs nothing filled in; `None` where there is none, or where it does.
    pub fn plain(&self, id: &str) -> Option<String> {
        let (bundle, pattern) = self.found(id).next()?;
        let mut faults = Vec::new();
        let said = bundle.format_pattern(pattern, None, &mut faults).into_owned();
        faults.is_empty().then_some(said)
    }

    /// A code in words, without its numbers.
    pub fn error(&self, code: Code) -> Told {
        let id = error_id(code);
        Told { label: self.say(&id, &[]), next: self.say(&format!("{id}.next"), &[]) }
    }

    /// A failure in words; with its numbers or its time where it brings them.
    pub fn failure(&self, detail: &Detail, now: &Moment) -> Told {
        let mut told = self.error(detail.code);
        // A frozen text is whole: what cannot be mended is a way to change it.
        if (detail.code, detail.field) == (Code::Corrupt, Some(Field::Text)) {
            return Told { label: self.say("error-corrupt.text", &[]), next: self.say("error-corrupt.text-next", &[]) };
        }
        if let Some(id) = is_newer(detail) {
            let say = |tail: &str| self.say(&format!("error-newer-schema.{id}{tail}"), &[]);
            return Told { label: say(""), next: say("-next") };
        }
        if let (Code::TooLong, Some(tail)) = (detail.code, too_long_for(detail.field)) {
            told.next = self.say(&format!("error-too-long.{tail}"), &[]);
        }
        let exact = format!("{}.exact", error_id(detail.code));
        if !self.has(&exact) {
            return told;
        }
        match (detail.max, detail.actual, detail.until_ms) {
            (_, _, Some(until)) => {
                told.label = self.say(&exact, &[("time", Arg::Text(&self.at_label(whole_minute(until), now)))]);
            }
            (Some(max), Some(actual), _) => {
                told.label = self.say(&exact, &[("max", Arg::Number(max)), ("actual", Arg::Number(actual))]);
            }
            (None, Some(actual), _) if detail.code == Code::InvalidText => {
                told.label = self.say(&exact, &[("actual", Arg::Number(actual + 1))]);
            }
            _ => {}
        }
        told
    }

    /// The name of a field on screen.
    pub fn field(&self, field: Field) -> String {
        self.say(&field_id(field), &[])
    }

    /// Who can see something, from the names of all the others who can.
    pub fn audience(&self, others: &[&str]) -> String {
        let text = |name: &'static str, value| (name, Arg::Text(value));
        match others {
            [] => self.say("audience-only-me", &[]),
            [name] => self.say("audience-one", &[text("name", name)]),
            [first, second] => self.say("audience-two", &[text("first", first), text("second", second)]),
            [first, second, third] => {
                let names = [text("first", first), text("second", second), text("third", third)];
                self.say("audience-three", &names)
            }
            [first, second, third, rest @ ..] => {
                let names = [text("first", first), text("second", second), text("third", third)];
                let [first, second, third] = names;
                self.say("audience-more", &[first, second, third, ("count", rest.len().into())])
            }
        }
    }

    /// The same for a row of a list.
    pub fn audience_short(&self, others: &[&str]) -> String {
        match others {
            [] => self.say("audience-short-only-me", &[]),
            [name] => self.say("audience-short-one", &[("name", Arg::Text(name))]),
            [first, second] => {
                self.say("audience-short-two", &[("first", Arg::Text(first)), ("second", Arg::Text(second))])
            }
            _ => self.say("audience-short-more", &[("count", others.len().into())]),
        }
    }
}

/// The id of a code's sentence: `error-not-found` for `NotFound`; its next step is `error-not-found.next`.
pub fn error_id(code: Code) -> String {
    format!("error-{}", kebab(&format!("{code:?}")))
}

/// The id of a field's name: `field-away-from` for `AwayFrom`.
pub fn field_id(field: Field) -> String {
    format!("field-{}", kebab(&format!("{field:?}")))
}

/// A text without the marks around names, for JSON and for terminals that do not know them.
pub fn strip_isolates(text: &str) -> String {
    text.chars().filter(|sign| !matches!(sign, '\u{2066}'..='\u{2069}')).collect()
}

/// The next whole minute: what is told to open at 14:32 does so.
fn whole_minute(unix_ms: i64) -> i64 {
    const MINUTE_MS: i64 = 60_000;
    let over = unix_ms.rem_euclid(MINUTE_MS);
    if over == 0 { unix_ms } else { unix_ms.saturating_add(MINUTE_MS - over) }
}

fn kebab(name: &str) -> String {
    let mut id = String::new();
    for sign in name.chars() {
        if sign.is_uppercase() && !id.is_empty() {
            id.push('-');
        }
        id.extend(sign.to_lowercase());
    }
    id
}

/// One sentence as Fluent holds it.
type Sentence<'a> = fluent_syntax::ast::Pattern<&'a str>;

fn bundle(language: &str, (file, text): Catalogue) -> FluentBundle<FluentResource> {
    let locale = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(grouped(number.value)),
        _ => None,
    }));
    let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text.to_owned());
    let added = bundle.add_resource(resource);
    debug_assert!(added.is_ok(), "{language}/{file} names a phrase twice");
    bundle
}

/// `1318` as `1,318`. Only whole numbers come from [`Arg`].
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn pattern<'a>(bundle: &'a FluentBundle<FluentResource>, id: &str) -> Option<&'a Sentence<'a>> {
    match id.split_once('.') {
        Some((message, attribute)) => Some(bundle.get_message(message)?.get_attribute(attribute)?.value()),
        None => bundle.get_message(id)?.value(),
    }
}

#[cfg(test)]
mod named;
#[cfg(test)]
mod tests;
