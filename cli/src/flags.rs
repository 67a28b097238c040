use crate::output::Colour;
use std::path::PathBuf;

/// What goes for every command.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "For every command")]
pub struct Flags {
    /// The folder of your vault. Else BELAY_VAULT counts, then your data folder.
    #[arg(long, global = true, value_name = "DIR")]
    pub vault: Option<PathBuf>,
    /// A file with your passphrase. Else BELAY_PASSPHRASE counts, then you are asked.
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Open the vault with the words on your paper. You are asked for them.
    #[arg(long, global = true, conflicts_with = "passphrase_file")]
    pub with_words: bool,
    /// Which language to speak. Else BELAY_LANGUAGE counts, then your locale.
    #[arg(long, global = true, value_name = "CODE")]
    pub language: Option<String>,
    /// Say it as one line of data for other programs.
    #[arg(long, global = true)]
    pub json: bool,
    /// Draw edges with plain signs.
    #[arg(long, global = true)]
    pub ascii: bool,
    /// When to use colour.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    pub color: Colour,
}
