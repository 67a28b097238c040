//! The page that is written: lines that wrap under themselves, with the edge that says whose a part is.

use super::columns::{pad, tame, width, wrap};
use belay::view::OwnershipKind;
use std::cell::Cell;
use std::io::{ErrorKind, IsTerminal, Write};

/// Least and usual columns.
const COLUMNS_MIN: usize = 40;
const COLUMNS_USUAL: usize = 80;
/// Narrower than this, what stands beside goes below.
const BESIDE_MIN: usize = 64;

/// Columns before the edge of a quoted line.
const QUOTE_INDENT: usize = 2;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal that shows it.
    #[default]
    Auto,
    /// Also into a file.
    Always,
    /// Not at all.
    Never,
}

/// The sign at the left of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// None.
    Bare,
    /// Whose the part is.
    Of(OwnershipKind),
}

/// How a page looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Colour that repeats the edges.
    pub colour: bool,
    /// Edges of plain signs.
    pub ascii: bool,
}

impl Look {
    /// What this terminal shows.
    pub fn of_terminal(colour: Colour, ascii: bool) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = match colour {
            Colour::Auto => is_terminal && !plain,
            Colour::Always => true,
            Colour::Never => false,
        };
        Look { width: columns(), colour, ascii }
    }
}

/// `COLUMNS`, else what the terminal says, at most 80.
pub fn columns() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let asked = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    told.or_else(asked).unwrap_or(COLUMNS_USUAL).clamp(COLUMNS_MIN, COLUMNS_USUAL)
}

/// The standard output as a page.
#[derive(Debug)]
pub struct Page {
    look: Look,
    fault: Cell<Option<ErrorKind>>,
}

impl Page {
    /// A page on standard output.
    pub fn new(look: Look) -> Self {
        Page { look, fault: Cell::new(None) }
    }

    /// What went wrong with writing, if anything did.
    pub fn fault(&self) -> Option<ErrorKind> {
        self.fault.get()
    }

    /// Columns of a line.
    pub fn width(&self) -> usize {
        self.look.width
    }

    fn put(&self, line: &str) {
        // Once a pipe is closed nobody reads on.
        if self.fault.get().is_none()
            && let Err(error) = writeln!(std::io::stdout().lock(), "{}", line.trim_end())
        {
            self.fault.set(Some(error.kind()));
        }
    }

    /// Bytes as they are, for a shell or another program.
    pub fn raw(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            self.fault.set(Some(error.kind()));
        }
    }

    /// An empty line.
    pub fn gap(&self) {
        self.put("");
    }

    /// A line, wrapped.
    pub fn line(&self, text: &str) {
        self.inside(Edge::Bare, 0, text);
    }

    /// A line behind an edge and some blanks; what follows of it stands under itself.
    pub fn inside(&self, edge: Edge, indent: usize, text: &str) {
        let lead = self.edge(edge);
        let room = self.look.width.saturating_sub(width_of_edge(edge) + indent);
        for line in wrap(&tame(text), room) {
            self.put(&format!("{lead}{}{line}", " ".repeat(indent)));
        }
    }

    /// A line that begins with a mark, such as a number; what follows of it stands under its words.
    pub fn item(&self, edge: Edge, mark: &str, text: &str) {
        self.item_beside(edge, mark, text, "");
    }

    /// The same with something said beside it, or below where there is no room.
    pub fn item_beside(&self, edge: Edge, mark: &str, text: &str, beside: &str) {
        self.item_at(edge, mark, text, beside, self.look.width * 3 / 5);
    }

    fn item_at(&self, edge: Edge, mark: &str, text: &str, beside: &str, column: usize) {
        let (mark, text, beside) = (tame(mark), tame(text), tame(beside));
        let lead = self.edge(edge);
        let used = width_of_edge(edge) + width(&mark);
        let all = self.look.width;
        let column = if all < BESIDE_MIN || beside.is_empty() { all } else { column };
        let left = wrap(&text, column.saturating_sub(used + usize::from(column < all)));
        let right = if column < all { wrap(&beside, all - column) } else { Vec::new() };
        let hang = " ".repeat(width(&mark));
        for at in 0..left.len().max(right.len()) {
            let start = if at == 0 { &mark } else { &hang };
            let words = left.get(at).map_or("", String::as_str);
            let line = match right.get(at) {
                Some(note) => format!("{}{note}", pad(&format!("{start}{words}"), column - width_of_edge(edge))),
                None => format!("{start}{words}"),
            };
            self.put(&format!("{lead}{line}"));
        }
        if column == all && !beside.is_empty() {
            self.inside(edge, width(&mark), &beside);
        }
    }

    /// A line behind an edge that stands a little inside.
    pub fn quote(&self, edge: Edge, mark: &str, text: &str) {
        let mark = tame(mark);
        let hang = " ".repeat(width(&mark));
        let room = self.look.width.saturating_sub(QUOTE_INDENT + width_of_edge(edge) + width(&mark));
        for (at, line) in wrap(&tame(text), room).iter().enumerate() {
            let start = if at == 0 { &mark } else { &hang };
            self.put(&format!("{}{}{start}{line}", " ".repeat(QUOTE_INDENT), self.edge(edge)));
        }
    }

    /// One line of data, as long as it is.
    pub fn line_of_data(&self, line: &str) {
        self.put(line);
    }

    /// Rows of cells as wide as the widest, then words that wrap, then what stands beside them.
    pub fn table(&self, rows: &[(Vec<String>, String, String)]) {
        let columns = rows.iter().map(|(cells, _, _)| cells.len()).max().unwrap_or(0);
        let widest = |at: usize| rows.iter().filter_map(|row| row.0.get(at)).map(|cell| width(&tame(cell))).max();
        let widths: Vec<usize> = (0..columns).map(|at| widest(at).unwrap_or(0)).collect();
        // What stands beside gets the room it needs, at most two fifths.
        let beside = rows.iter().map(|(_, _, beside)| width(&tame(beside))).max().unwrap_or(0);
        let column = self.look.width - beside.min(self.look.width * 2 / 5);
        for (cells, words, beside) in rows {
            let padded = cells.iter().zip(&widths).map(|(cell, wide)| format!("{}  ", pad(&tame(cell), *wide)));
            self.item_at(Edge::Bare, &padded.collect::<String>(), words, beside, column);
        }
    }

    fn edge(&self, edge: Edge) -> String {
        let Edge::Of(kind) = edge else { return String::new() };
        let (sign, plain, colour) = match kind {
            OwnershipKind::Mine => ("│", "|", 36),
            OwnershipKind::Theirs => ("╎", "!", 35),
            OwnershipKind::Both => ("║", "H", 32),
            OwnershipKind::Each => ("⋮", ":", 34),
        };
        let sign = if self.look.ascii { plain } else { sign };
        if self.look.colour { format!("\u{1b}[{colour}m{sign}\u{1b}[0m ") } else { format!("{sign} ") }
    }
}

fn width_of_edge(edge: Edge) -> usize {
    if edge == Edge::Bare { 0 } else { 2 }
}
