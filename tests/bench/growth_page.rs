//! What was measured of growing vaults, as tables and pictures in RESULTS.md.

use crate::svg::{Curve, draw};
use crate::vault::Trouble;
use crate::waking::Measured;
use std::fmt::Write;
use std::path::Path;

/// One table and picture.
pub struct Story {
    /// Of what there is more and more.
    pub name: &'static str,
    pub title: &'static str,
    /// What was measured at each size.
    pub sizes: Vec<(f64, Measured)>,
    /// On what, and when.
    pub told: String,
}

impl Story {
    /// Notes what was measured at a size, and says so at once.
    #[allow(clippy::print_stdout, reason = "whoever measures reads it")]
    pub fn tell(&mut self, size: f64, measured: Measured) {
        let told: Vec<String> = measured.iter().map(|(name, value)| format!("{name} {value:.2}")).collect();
        println!("{size} {}: {}", self.name, told.join(", "));
        self.sizes.push((size, measured));
    }

    fn names(&self) -> Vec<&str> {
        self.sizes.first().map(|(_, all)| all.iter().map(|(name, _)| name.as_str()).collect()).unwrap_or_default()
    }

    fn table(&self) -> String {
        let mut out = format!(
            "### {}\n\n{}\n\n![{}](growth-{}.svg)\n\n| {} |",
            self.title, self.told, self.title, self.name, self.name
        );
        let names = self.names();
        let mut put = |line: String| out.write_str(&line).expect("writing to memory does not fail");
        names.iter().for_each(|name| put(format!(" {name} |")));
        put(format!("\n|{}\n", "---|".repeat(names.len() + 1)));
        for (size, all) in &self.sizes {
            put(format!("| {size} |"));
            all.iter().for_each(|(_, value)| put(format!(" {value:.2} |")));
            put("\n".to_owned());
        }
        out
    }

    fn curves(&self) -> Vec<Curve> {
        let of = |name: &str| {
            let value = |all: &Measured| all.iter().find(|(other, _)| other == name).map(|(_, value)| *value);
            self.sizes.iter().filter_map(|(size, all)| Some((*size, value(all)?))).collect()
        };
        self.names().iter().map(|name| Curve { name: (*name).to_owned(), points: of(name) }).collect()
    }
}

/// Draws the picture into a folder, and puts the table into its RESULTS.md, between the two lines that name it.
pub fn put(into: &Path, story: &Story) -> Result<(), Trouble> {
    let cannot = |cause: std::io::Error| format!("{}: {cause}", into.display());
    let picture = draw(story.title, story.name, "ms, MB", &story.curves());
    std::fs::write(into.join(format!("growth-{}.svg", story.name)), picture).map_err(cannot)?;
    let [begin, end] = ["", "/"].map(|mark| format!("<!-- {mark}growth {} -->", story.name));
    let results = into.join("RESULTS.md");
    let page = std::fs::read_to_string(&results).unwrap_or_default();
    let parts = page.split_once(&begin).and_then(|(head, rest)| Some((head, rest.split_once(&end)?.1)));
    // A page that has no place for it yet gets one at its end.
    let (head, tail) = parts.unwrap_or((&page, "\n"));
    std::fs::write(&results, format!("{head}{begin}\n{}{end}{tail}", story.table())).map_err(cannot)
}
