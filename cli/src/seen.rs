//! The yes to what cannot be undone: it is shown first, and what it is called is then typed, or given as `--seen`.

use crate::failure::{Done, Told};
use crate::find;
use crate::host::Host;
use crate::prompt;
use belay::error::Field;
use belay::library::Arg;
use belay::text::{Shape, fold};

/// What is typed as a yes. Blanks at its ends count for nothing.
#[derive(Clone, Copy)]
pub enum Called<'a> {
    /// A name, as it is written: another one may differ from it in a capital letter.
    Name(&'a str),
    /// The beginning of an id, this one as a whole. What people confuse in ids is forgiven.
    Id(&'a str),
    /// All of these signs; forgiven as in ids.
    Signs(&'a str),
}

impl Called<'_> {
    /// Whether this is what it is called.
    pub fn is(self, typed: &str) -> bool {
        let tidied = find::tidy(typed.trim());
        match self {
            Called::Name(name) => as_written(typed) == as_written(name),
            Called::Id(whole) => tidied.len() >= find::SHORT_MIN && whole.starts_with(&tidied),
            Called::Signs(signs) => tidied == find::tidy(signs),
        }
    }

    /// The name, where something else was typed that reads much like it.
    fn nearly(&self, typed: &str) -> Option<&str> {
        match self {
            Called::Name(name) if !self.is(typed) && fold(typed) == fold(name) => Some(name),
            _ => None,
        }
    }
}

/// A name as the vault keeps names; some keyboards send one letter as two.
fn as_written(name: &str) -> String {
    Shape::Label.check(Field::Name, name).unwrap_or_else(|_| name.trim().to_owned())
}

/// What a command waits for before it does what cannot be undone.
pub struct Yes<'a> {
    /// What is typed.
    pub called: Called<'a>,
    /// What was given as `--seen`.
    pub seen: Option<&'a str>,
    /// The question, and what stands in it.
    pub ask: &'a str,
    /// See `ask`.
    pub args: &'a [(&'a str, Arg<'a>)],
    /// That nothing was done, where nobody can be asked.
    pub not_yet: &'a str,
    /// The command that does it then.
    pub command: &'a str,
}

/// Waits for the yes: given with the command, else typed after all of it was shown. Where nobody types nothing is done
/// unseen (exit code 7).
pub fn wait(host: &Host, yes: &Yes<'_>, show: impl FnOnce() -> Done) -> Done {
    if yes.seen.is_some_and(|seen| yes.called.is(seen)) {
        return Ok(());
    }
    if !host.flags.json {
        show()?;
        host.page.gap();
    }
    if prompt::is_typed() && !host.flags.json && yes.seen.is_none() {
        return typed(host, yes.called, yes.ask, yes.args);
    }
    let (not_yet, next) = (host.say(yes.not_yet, &[]), host.say(&format!("{}.next", yes.not_yet), &[]));
    let label = match yes.seen.and_then(|seen| yes.called.nearly(seen)) {
        Some(name) => format!("{} {not_yet}", host.say("term-seen-nearly", &[("name", Arg::Text(name))])),
        None => not_yet,
    };
    let command = yes.command.into();
    Err(Told { code: "NeedsConfirmation".into(), label, next, command, exit: 7, ..Told::default() }.into())
}

/// Asks for it at the keyboard. What is nearly the name is asked for once more; anything else stops.
pub fn typed(host: &Host, called: Called<'_>, ask: &str, args: &[(&str, Arg<'_>)]) -> Done {
    loop {
        let typed = prompt::ask(host, ask, args)?.unwrap_or_default();
        if called.is(&typed) {
            return Ok(());
        }
        let Some(name) = called.nearly(&typed) else { return Err(prompt::stopped(host)) };
        host.page.line(&host.say("term-seen-nearly", &[("name", Arg::Text(name))]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_typed_as_it_is_written_and_an_id_as_people_type_ids() {
        let eli = Called::Name("Eli Jose\u{301}");
        assert!(eli.is("Eli Jos\u{e9}") && eli.is("  Eli Jose\u{301} \t"));
        assert!(!eli.is("eli jos\u{e9}") && !eli.is("Eli") && !eli.is(""));
        assert_eq!(eli.nearly("eli  jos\u{e9}"), Some("Eli Jose\u{301}"));
        assert_eq!((eli.nearly("Eli Jos\u{e9} "), eli.nearly("Ely")), (None, None));
        let id = Called::Id("kq4m01zz");
        assert!(id.is("KQ4M") && id.is(" kq4moi ") && !id.is("kq4") && !id.is("kq4mz"));
        let signs = Called::Signs("9c1e-44d0");
        assert!(signs.is(" 9C1E-44DO ") && !signs.is("9c1e") && !signs.is(""));
    }
}
