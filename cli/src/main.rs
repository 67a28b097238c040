//! Belay in a terminal: the same companion that apps use, with files for a wire.

mod args;
mod commands;
mod editor;
mod failure;
mod files;
mod find;
mod host;
mod output;
mod prompt;
mod seen;
mod typed;

use args::Cli;
use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use failure::{Done, EXIT_USAGE, Trouble};
use host::Host;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Wipes all memory that is freed: words of people pass through types that do not wipe their own.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    match Cli::try_parse_from(asked(std::env::args_os().collect())) {
        Ok(cli) => run(cli),
        Err(error) => said_by_clap(&error),
    }
}

/// `belay help note add` is what `belay note add --help` is.
fn asked(mut args: Vec<OsString>) -> Vec<OsString> {
    if args.get(1).is_some_and(|first| first == "help") {
        args.remove(1);
        args.push("--help".into());
    }
    args
}

fn run(cli: Cli) -> ExitCode {
    let host = Host::new(cli.flags);
    let (stands, about) = (commands::undo::stands(&cli.command), commands::go_on::About::of(&cli.command));
    let done = cli.command.run(&host).map_err(|trouble| commands::draft::keep_held(&host, trouble));
    let done = done.map_err(|trouble| about.hinted(&host, trouble));
    commands::undo::remember(&host, stands, &done);
    let done = done.and_then(|()| host.close()).and_then(|()| written(&host));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => complain(&host, &trouble),
    }
}

/// Whether everything reached standard output. That a reader went away early is no failure.
fn written(host: &Host) -> Done {
    match host.page.fault() {
        None | Some(std::io::ErrorKind::BrokenPipe) => Ok(()),
        Some(kind) => Err(belay::error::Error::from(std::io::Error::from(kind)).into()),
    }
}

fn complain(host: &Host, trouble: &Trouble) -> ExitCode {
    if let Some(text) = trouble.render(&host.phrases, &host.now(), host.flags.json, host.page.width()) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
    ExitCode::from(trouble.exit())
}

/// Help and version as they are; what is not understood in our own words, without what was typed: it may be a
/// person's.
fn said_by_clap(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return ExitCode::from(EXIT_USAGE);
    }
    let as_json = std::env::args_os().any(|arg| arg == "--json");
    let language = std::env::var("BELAY_LANGUAGE").ok();
    let phrases = belay::library::Phrases::of_terminal(&language.iter().map(String::as_str).collect::<Vec<_>>());
    let id = match error.kind() {
        ErrorKind::MissingRequiredArgument | ErrorKind::MissingSubcommand => "term-usage-missing",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "term-usage-value",
        ErrorKind::ArgumentConflict => "term-usage-together",
        ErrorKind::InvalidSubcommand => "term-usage-command",
        _ => "term-usage-unknown",
    };
    let dashed = matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(arg)) if arg.starts_with('-'));
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let mut usage = match usage.split_once(": ") {
        Some((_, usage)) if error.kind() != ErrorKind::InvalidSubcommand => usage.trim().to_owned(),
        _ => format!("{} --help", command_typed()),
    };
    // A word of a person's that begins with a dash, where words can stand.
    let words = ["[WORDS]...", "<WORDS>...", "<TITLE>", "<TEXT>"].into_iter().find(|words| usage.contains(words));
    let id = match words {
        Some(words) if dashed && id == "term-usage-unknown" => {
            usage = usage.replace(words, &format!("-- {words}"));
            "term-usage-dash"
        }
        _ => id,
    };
    // Which values fit: names of ours, never what was typed.
    if let (Some(ContextValue::String(arg)), Some(ContextValue::Strings(fit))) =
        (error.get(ContextKind::InvalidArg), error.get(ContextKind::ValidValue))
        && !fit.is_empty()
    {
        usage = format!("{usage}\n{arg}: {}", fit.join(", "));
    }
    let trouble = Trouble::usage(&phrases, id, &[], &usage);
    if let Some(text) = trouble.render(&phrases, &host::now(), as_json, output::columns()) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
    ExitCode::from(trouble.exit())
}

/// The command that was typed, as far as it is one.
fn command_typed() -> String {
    let mut command = <Cli as clap::CommandFactory>::command();
    let mut path = vec!["belay".to_owned()];
    for word in std::env::args_os().skip(1) {
        let below = word.to_str().and_then(|word| command.find_subcommand(word)).cloned();
        if let Some(below) = below {
            path.push(below.get_name().to_owned());
            command = below;
        }
    }
    path.join(" ")
}
