//! Where words of a person lie in documents.

/// The keys under which single values are a person's words, in documents of any kind: names of the idea's wordings
/// are their numbers.
const KEYS: [&str; 12] = ["title", "why", "text", "quote", "area", "display_name", "pronouns", "0", "1", "2", "3", "4"];

/// Whether a single value under this key of a map is a person's words. Texts always are.
pub fn is_words(key: &str) -> bool {
    KEYS.contains(&key)
}
