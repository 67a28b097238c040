//! `belay search`: words, found again.

use super::{Paging, page_end, person_text, tell_list};
use crate::failure::Done;
use crate::find::Ids;
use crate::host::Host;
use belay::error::Code;
use belay::library::Arg;
use belay::view::{
    Answer, Ask, At, Findable, SearchIn, SearchOrder, SearchPage, SearchQuery, SearchRow, SearchTotal, Span,
};

/// What kind of thing to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum Kind {
    Note,
    Goal,
    Step,
    Plan,
    Line,
    Idea,
    Comment,
    Copy,
}

impl Kind {
    fn findable(self) -> Findable {
        match self {
            Kind::Note => Findable::Note,
            Kind::Goal => Findable::Goal,
            Kind::Step => Findable::Step,
            Kind::Plan => Findable::Plan,
            Kind::Line => Findable::Line,
            Kind::Idea => Findable::Idea,
            Kind::Comment => Findable::Comment,
            Kind::Copy => Findable::Copy,
        }
    }
}

/// Find words in what you wrote, and in what was shared with you.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay search radio\n  belay search slept bad --kind note --tag sleep\n  belay search river --from 2026-05-01 --best"
)]
pub struct Search {
    /// The words. All of them are looked for; the last may be half a word.
    #[arg(required = true)]
    words: Vec<String>,
    /// Only notes with this tag.
    #[arg(long)]
    tag: Option<String>,
    /// Only this kind; may be given again.
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<Kind>,
    /// The newest first. It is so unless you choose --best.
    #[arg(long, conflicts_with = "best")]
    newest: bool,
    /// First what is most about these words.
    #[arg(long)]
    best: bool,
    /// From this day on.
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Up to this day.
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// Look in the trash.
    #[arg(long)]
    trash: bool,
    /// Which page.
    #[command(flatten)]
    paging: Paging,
}

impl Search {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        if self.words.iter().all(|word| word.trim().is_empty()) {
            return Err(host.told_with("Empty", "term-search-empty", &[], "belay search radio", 3));
        }
        let order = if self.best { SearchOrder::Best } else { SearchOrder::Newest };
        let query = SearchQuery {
            words: self.words.join(" ").into(),
            order,
            kinds: self.kinds.iter().map(|kind| kind.findable()).collect(),
            tag: self.tag.as_deref().map(person_text),
            from: self.from,
            to: self.to,
            within: if self.trash { SearchIn::Trash } else { SearchIn::Kept },
            total: SearchTotal::Counted,
        };
        let in_trash = SearchQuery { within: SearchIn::Trash, ..query.clone() };
        let Answer::Search(page) = host.read(Ask::Search { query, at: self.paging.at() })? else {
            return Err(Code::Internal.into());
        };
        if host.flags.json {
            return tell_list(host, "search", &page.rows, page.next.as_ref(), page.total.unwrap_or_default());
        }
        show(host, &page, order)?;
        if page.rows.is_empty() && page.total == Some(0) && !self.trash {
            say_trash(host, in_trash, &self.words, self.tag.as_deref())?;
        }
        Ok(())
    }
}

/// What lies in the trash is not looked at unasked; that it has the words is said where nothing else does.
fn say_trash(host: &Host, query: SearchQuery, words: &[String], tag: Option<&str>) -> Done {
    if !query.kinds.is_empty() && !query.kinds.contains(&Findable::Note) {
        return Ok(());
    }
    let Answer::Search(page) = host.read(Ask::Search { query, at: At { limit: 1, total: true, ..At::default() } })?
    else {
        return Err(Code::Internal.into());
    };
    let count = page.total.unwrap_or_default();
    if count > 0 {
        let quoted: Vec<String> = words.iter().map(|word| super::quoted(word)).collect();
        let tag = tag.map(|tag| format!(" {}", super::option("--tag", tag))).unwrap_or_default();
        host.page.line(&host.say("term-search-in-trash", &[("count", Arg::Number(count))]));
        host.page.line_of_data(&format!("  belay search --trash{tag} -- {}", quoted.join(" ")));
    }
    Ok(())
}

fn show(host: &Host, page: &SearchPage, order: SearchOrder) -> Done {
    if !page.rows.is_empty() {
        let ids = Ids::read(host)?;
        let lines: Vec<_> = page.rows.iter().map(|row| line(host, row, &ids)).collect();
        host.page.table(&lines);
    }
    let are_notes = page.next.is_none() && page.rows.iter().all(|row| row.kind == Findable::Note);
    let id = match (page.rows.is_empty(), order) {
        (true, _) => "term-search-none",
        (false, SearchOrder::Best) => "term-search-found-best",
        (false, SearchOrder::Newest) if are_notes => "term-search-count",
        (false, SearchOrder::Newest) => "term-search-found",
    };
    host.page.line(&host.say(id, &[("count", Arg::Number(page.total.unwrap_or_default()))]));
    if page.locked > 0 {
        host.page.line(&host.say("term-search-locked", &[("count", Arg::Number(page.locked))]));
    }
    page_end(host, page.next.as_ref());
    Ok(())
}

fn line(host: &Host, row: &SearchRow, ids: &Ids) -> (Vec<String>, String, String) {
    let mut words: Vec<String> = [&row.title, &row.spans].map(|spans| marked(spans)).into();
    words.retain(|text| !text.is_empty());
    let mut words = words.join("  ");
    if !row.inside.is_empty() {
        let args = [("name", Arg::Text(row.inside.as_str())), ("text", Arg::Text(&words))];
        words = host.say("term-search-inside", &args);
    }
    (vec![ids.short(&row.id.to_string()), row.when.label.clone()], words, row.audience.short.clone())
}

/// What was found in square brackets.
fn marked(spans: &[Span]) -> String {
    spans
        .iter()
        .map(|span| if span.hit { format!("[{}]", span.t.as_str()) } else { span.t.as_str().to_owned() })
        .collect()
}
