//! What did not work, as a person reads it on standard error and as a script reads it from the exit code.

use crate::output::{tame, wrapped};
use belay::clock::Moment;
use belay::error::{Code, Detail, Failure, Field};
use belay::library::{Arg, Phrases, strip_isolates};
use serde_json::{Map, Value, json};

/// Exit codes besides those of [`exit_of`].
pub const EXIT_USAGE: u8 = 2;
/// A check of the demo did not hold.
pub const EXIT_CHECK: u8 = 10;
/// The person stopped it.
pub const EXIT_STOPPED: u8 = 130;

/// Why a command ended early.
#[derive(Debug)]
pub enum Trouble {
    /// The core said no.
    Core(Box<Failure>),
    /// The core said no, and the terminal knows a command that helps.
    Hinted(Box<Failure>, String),
    /// The terminal itself says why.
    Told(Box<Told>),
    /// Everything was said already; only the exit code is left.
    Silent(u8),
}

/// A sentence of the terminal's own, with what to do next.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Stable name for scripts.
    pub code: String,
    /// What is so.
    pub label: String,
    /// What is possible.
    pub next: String,
    /// A command that does it.
    pub command: String,
    /// Names and numbers, never words of a person.
    pub fields: Map<String, Value>,
    /// The exit code.
    pub exit: u8,
    /// What was asked for is so already: nothing was changed.
    pub is_so: bool,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Trouble::Core(Box::new(failure))
    }
}
impl From<Code> for Trouble {
    fn from(code: Code) -> Self {
        code.detail().into()
    }
}
impl From<Detail> for Trouble {
    fn from(detail: Detail) -> Self {
        Failure::from(detail).into()
    }
}
impl From<belay::error::Error> for Trouble {
    fn from(error: belay::error::Error) -> Self {
        Failure::from(error).into()
    }
}
impl From<Told> for Trouble {
    fn from(told: Told) -> Self {
        Trouble::Told(Box::new(told))
    }
}

/// What a command answers.
pub type Done<T = ()> = Result<T, Trouble>;

/// The exit code of a reason (experience.md §4).
pub fn exit_of(code: Code) -> u8 {
    use Code::*;
    match code {
        Empty | TooLong | TooMany | TooBig | InvalidText | OutOfRange | RangeInvalid | InvalidDate | InFuture
        | UnknownZone | UnknownLanguage | WeakSecret | UnsupportedType => 3,
        NotFound | InTrash => 4,
        Locked | WrongSecret | TryLater | Closed => 5,
        NotAMember | NotOwner | SuggestOnly | AlreadyYours | Revoked => 6,
        NotInForce | NeedsAcknowledgement | NeedsConfirmation | RelationshipEnded | Paused | ClockSkew => 7,
        Corrupt | NewerSchema | NotForThisDevice | SignatureInvalid | Truncated => 8,
        StorageFull | Unwritable | InUse => 9,
        DigitsDiffer => EXIT_CHECK,
        Stale | AlreadyDeclined | InvitationUsed | Duplicate | Expired => 11,
        Interrupted => EXIT_STOPPED,
        _ => 70,
    }
}

impl Trouble {
    /// A usage that is not understood; its sentence is in the catalogue under `id`, with `.next`.
    pub fn usage(phrases: &Phrases, id: &str, args: &[(&str, Arg<'_>)], command: &str) -> Self {
        let next = phrases.say(&format!("{id}.next"), args);
        let label = phrases.say(id, args);
        let command = command.to_owned();
        Told { code: "Usage".into(), label, next, command, exit: EXIT_USAGE, ..Told::default() }.into()
    }

    /// The same, where what was asked for is so already.
    pub fn being_so(mut self) -> Self {
        if let Trouble::Told(told) = &mut self {
            told.is_so = true;
        }
        self
    }

    /// The same with a command that helps, where the core said no.
    pub fn with_command(self, command: &str) -> Self {
        match self {
            Trouble::Core(failure) => Trouble::Hinted(failure, command.to_owned()),
            other => other,
        }
    }

    /// The exit code.
    pub fn exit(&self) -> u8 {
        match self {
            Trouble::Core(failure) | Trouble::Hinted(failure, _) => exit_of(failure.code()),
            Trouble::Told(told) => told.exit,
            Trouble::Silent(exit) => *exit,
        }
    }

    /// The core's reason, if it is one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Trouble::Core(failure) | Trouble::Hinted(failure, _) => Some(failure.code()),
            Trouble::Told(_) | Trouble::Silent(_) => None,
        }
    }

    /// What the core's reason is about, where it says so.
    pub fn field(&self) -> Option<Field> {
        match self {
            Trouble::Core(failure) | Trouble::Hinted(failure, _) => failure.detail().field,
            Trouble::Told(_) | Trouble::Silent(_) => None,
        }
    }

    /// As it goes to standard error; nothing where all was said.
    pub fn render(&self, phrases: &Phrases, now: &Moment, as_json: bool, columns: usize) -> Option<String> {
        let told = match self {
            Trouble::Core(failure) => told_of(failure.detail(), phrases, now),
            Trouble::Hinted(failure, command) => {
                Told { command: command.clone(), ..told_of(failure.detail(), phrases, now) }
            }
            Trouble::Told(told) => (**told).clone(),
            Trouble::Silent(_) => return None,
        };
        if as_json {
            let (label, next) = (strip_isolates(&told.label), strip_isolates(&told.next));
            let mut error = json!({ "code": told.code, "label": label, "next": next, "fields": told.fields });
            if let Some(error) = error.as_object_mut().filter(|_| !told.command.is_empty()) {
                error.insert("command".into(), json!(strip_isolates(&told.command)));
            }
            return Some(json!({ "v": super::output::json::VERSION, "error": error }).to_string());
        }
        let mut text = told.label;
        if !told.next.is_empty() {
            text = format!("{text} {}", told.next);
        }
        let mut text = wrapped(&text, columns);
        // Never wrapped: they are copied.
        for line in told.command.lines() {
            text = format!("{text}\n  {}", tame(&strip_isolates(line)));
        }
        Some(text)
    }
}

/// The command that helps whoever meets this, wherever it is met.
fn helps(detail: &Detail) -> &'static str {
    match (detail.code, detail.field) {
        (Code::Corrupt, Some(Field::Store)) => "belay mend",
        (Code::Revoked, _) => "belay phones reset",
        _ => "",
    }
}

fn told_of(detail: &Detail, phrases: &Phrases, now: &Moment) -> Told {
    let said = phrases.failure(detail, now);
    // Which input it is about, where there may be several.
    let named = detail.field.filter(|_| exit_of(detail.code) == 3);
    let label = match named {
        Some(field) => {
            let field = phrases.field(field);
            phrases.say("error-in-field", &[("field", Arg::Text(&field)), ("label", Arg::Text(&said.label))])
        }
        None => said.label,
    };
    let mut fields = Map::new();
    if let Some(field) = detail.field {
        fields.insert("field".into(), json!(field));
    }
    for (name, number) in [("max", detail.max), ("actual", detail.actual)] {
        fields.extend(number.map(|number| (name.to_owned(), json!(number))));
    }
    fields.extend(detail.until_ms.map(|until| ("until".to_owned(), json!(super::output::json::instant(until)))));
    Told {
        code: format!("{:?}", detail.code),
        label,
        next: said.next,
        command: helps(detail).to_owned(),
        fields,
        exit: exit_of(detail.code),
        is_so: false,
    }
}
