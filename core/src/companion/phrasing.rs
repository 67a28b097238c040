//! What can be said without a vault: which library this is, and sentences of its catalogue.

use super::Answered;
use crate::error::{Code, Failure, Field};
use crate::library::{Phrases, strip_isolates};

/// Most sentences of one call.
pub const PHRASES_MAX: usize = 256;
/// Most languages a host names, and the length of one in bytes (BCP-47 allows 35 for what is in use).
pub(super) const LANGUAGES_MAX: usize = 16;
pub(super) const LANGUAGE_MAX_BYTES: usize = 35;
/// The longest id of a sentence in bytes.
const PHRASE_ID_MAX_BYTES: usize = 100;

/// The id of a sentence: a message (`audience-only-me`) or its attribute (`error-not-found.next`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PhraseId(pub String);

/// A sentence of the catalogue, without marks around names: nobody's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// Which.
    pub id: PhraseId,
    /// In the first of the languages that has it, else in English.
    pub text: String,
}

/// A format that this library reads and writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatVersion {
    /// `vault`, `store`, `batch`, `bundle`, `drop`.
    pub name: String,
    /// The newest it writes.
    pub version: u32,
}

/// Which library this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The release.
    pub library: String,
    /// What a facade was generated from must be the same: it refuses a library of another build. Set by whoever builds
    /// with `BELAY_BUILD`, else the release.
    pub build: String,
    /// Each format with its number, by name.
    pub formats: Vec<FormatVersion>,
}

/// Which library this is; asks nothing of the system.
pub fn version() -> Version {
    let library = env!("CARGO_PKG_VERSION");
    let formats = [
        ("batch", crate::batch::READER),
        ("bundle", u32::from(crate::exchange::BUNDLE_VERSION)),
        ("drop", u32::from(crate::vault::DROP_VERSION)),
        ("store", crate::store::schema()),
        ("vault", crate::vault::FORMAT),
    ];
    Version {
        library: library.to_owned(),
        build: option_env!("BELAY_BUILD").unwrap_or(library).to_owned(),
        formats: formats.map(|(name, version)| FormatVersion { name: name.to_owned(), version }).into(),
    }
}

/// Sentences that need nothing filled in, in the order asked.
///
/// # Errors
/// `TooMany` above 256 sentences or 16 languages; `UnknownLanguage` for a tag that is none (one without a catalogue is
/// passed over); `NotFound` with its place in `command` for an id that is no sentence or needs a name or a number.
pub fn phrases(ids: &[PhraseId], languages: &[String]) -> Answered<Vec<Plain>> {
    if ids.len() > PHRASES_MAX {
        return Err(Code::TooMany.detail().max(PHRASES_MAX).actual(ids.len()).into());
    }
    check_languages(languages)?;
    let catalogues = Phrases::new(&languages.iter().map(String::as_str).collect::<Vec<_>>());
    let say = |(index, id): (usize, &PhraseId)| {
        let said = Some(id).filter(|id| id.0.len() <= PHRASE_ID_MAX_BYTES).and_then(|id| catalogues.plain(&id.0));
        let text = said.map(|text| strip_isolates(&text)).ok_or_else(|| {
            let mut detail = Code::NotFound.detail();
            detail.command = u32::try_from(index).ok();
            Failure::from(detail)
        })?;
        Ok(Plain { id: id.clone(), text })
    };
    ids.iter().enumerate().map(say).collect()
}

/// Whether these could be languages.
pub(super) fn check_languages(languages: &[String]) -> Answered<()> {
    if languages.len() > LANGUAGES_MAX {
        return Err(Code::TooMany.of(Field::Language).max(LANGUAGES_MAX).actual(languages.len()).into());
    }
    let is_tag = |tag: &String| {
        let fits = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'_' | b'.' | b'@');
        (2..=LANGUAGE_MAX_BYTES).contains(&tag.len()) && tag.bytes().all(fits)
    };
    match languages.iter().all(is_tag) {
        true => Ok(()),
        false => Err(Code::UnknownLanguage.of(Field::Language).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<PhraseId> {
        names.iter().map(|name| PhraseId((*name).to_owned())).collect()
    }

    #[test]
    fn sentences_come_in_order_and_without_marks() {
        let said =
            phrases(&ids(&["error-not-found.next", "audience-only-me"]), &["pt-BR".into(), "en".into()]).unwrap();
        assert_eq!(said.len(), 2);
        assert!(said.iter().all(|plain| !plain.text.is_empty() && !plain.text.contains('\u{2068}')));
        assert_eq!(said[1].id.0, "audience-only-me");
    }

    #[test]
    fn what_is_no_sentence_or_needs_a_name_is_told_by_its_place() {
        for wrong in ["", "nothing-such", "audience-one", "error-not-found.nothing", "-", &"x".repeat(5_000)] {
            let refused = phrases(&ids(&["audience-only-me", wrong]), &[]).unwrap_err();
            assert_eq!((refused.code(), refused.detail().command), (Code::NotFound, Some(1)), "{wrong}");
        }
        assert_eq!(phrases(&ids(&["audience-only-me"; 257]), &[]).unwrap_err().code(), Code::TooMany);
        for wrong in [vec!["e".to_owned()], vec!["\u{202e}en".to_owned()], vec!["x".repeat(36)]] {
            assert_eq!(phrases(&[], &wrong).unwrap_err().code(), Code::UnknownLanguage);
        }
        assert_eq!(phrases(&[], &vec!["en".to_owned(); 17]).unwrap_err().code(), Code::TooMany);
    }

    #[test]
    fn every_format_has_its_number_once() {
        let told = version();
        let names: Vec<&str> = told.formats.iter().map(|format| format.name.as_str()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
        assert!(!told.build.is_empty() && !told.library.is_empty());
    }
}
