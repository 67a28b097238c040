//! The kinds of plans Belay ships (domain.md, Templates): their parts and who owns each at first.
//! Their words are phrases: `plan-KEY` and `plan-KEY-PART` with `.prompt`.

use serde::Deserialize;
use std::sync::LazyLock;

/// A kind of plan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Stable name in kebab case, `moving-on`.
    pub key: String,
    /// Rises with every change of the parts; a plan keeps the version it was made from.
    pub version: u32,
    /// The parts in their order.
    pub parts: Vec<TemplatePart>,
}

/// A part of a plan as a template proposes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplatePart {
    /// Stable name in kebab case, unique in its template.
    pub key: String,
    /// Who writes in it unless the person chooses otherwise.
    pub owner: DefaultOwner,
    /// What its lines are.
    pub items: EntryKind,
    /// Whether the person may choose lines of it for My card.
    #[serde(default)]
    pub card: bool,
}

/// Who writes in a part at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultOwner {
    /// The person the plan belongs to.
    Person,
    /// The supporter; the part is open while there is none.
    Supporter,
    /// All members in one text.
    Both,
    /// One column for each member.
    Each,
}

impl DefaultOwner {
    /// The name that a plan keeps.
    pub fn name(self) -> &'static str {
        match self {
            DefaultOwner::Person => "person",
            DefaultOwner::Supporter => "supporter",
            DefaultOwner::Both => "both",
            DefaultOwner::Each => "each",
        }
    }
}

/// What the lines of a part are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Plain words.
    Text,
    /// Someone to reach.
    Contact,
    /// Something to do that helps.
    Strategy,
    /// A place, a service or a line.
    Resource,
    /// Something to tick.
    Check,
    /// One of several.
    Choice,
}

impl Template {
    /// The phrase that names this kind of plan; what it is for is its `.hint`.
    pub fn title_id(&self) -> String {
        format!("plan-{}", self.key)
    }
    /// The part with this key.
    pub fn part(&self, key: &str) -> Option<&TemplatePart> {
        self.parts.iter().find(|part| part.key == key)
    }
    /// The phrase that names a part.
    pub fn part_title_id(&self, part: &TemplatePart) -> String {
        format!("plan-{}-{}", self.key, part.key)
    }
    /// The phrase that asks what may stand in a part.
    pub fn part_prompt_id(&self, part: &TemplatePart) -> String {
        format!("plan-{}-{}.prompt", self.key, part.key)
    }
}

const FILES: [&str; 4] = [
    include_str!("templates/wellness.toml"),
    include_str!("templates/safety.toml"),
    include_str!("templates/relationship.toml"),
    include_str!("templates/moving-on.toml"),
];

static TEMPLATES: LazyLock<Vec<Template>> =
    LazyLock::new(|| FILES.iter().map(|file| toml::from_str(file).expect("shipped files are read in tests")).collect());

/// All kinds of plans, in the order to offer them.
pub fn templates() -> &'static [Template] {
    &TEMPLATES
}

/// The kind of plan with this key.
pub fn template(key: &str) -> Option<&'static Template> {
    templates().iter().find(|template| template.key == key)
}

#[cfg(test)]
mod tests {
    use super::super::Phrases;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_part_has_a_name_and_a_question() {
        let phrases = Phrases::new(&["en"]);
        let kebab = |key: &str| key.chars().all(|sign| sign.is_ascii_lowercase() || sign == '-');
        for template in templates() {
            assert!(kebab(&template.key) && template.version > 0);
            assert!(phrases.has(&template.title_id()) && phrases.has(&format!("{}.hint", template.title_id())));
            let keys: BTreeSet<_> = template.parts.iter().map(|part| &part.key).collect();
            assert_eq!(keys.len(), template.parts.len(), "{} names a part twice", template.key);
            for part in &template.parts {
                assert!(kebab(&part.key), "{}", part.key);
                assert!(phrases.has(&template.part_title_id(part)), "{}", part.key);
                assert!(phrases.has(&template.part_prompt_id(part)), "{}", part.key);
            }
        }
    }

    #[test]
    fn the_wellness_plan_has_its_three_shared_parts() {
        let wellness = template("wellness").expect("shipped");
        let owner = |key| wellness.part(key).map(|part| part.owner);
        assert_eq!(owner("toolbox"), Some(DefaultOwner::Person));
        assert_eq!(owner("looking-after-us"), Some(DefaultOwner::Both));
        assert_eq!(owner("what-i-bring"), Some(DefaultOwner::Supporter));
        assert_eq!(owner("how-i-see-things"), Some(DefaultOwner::Each));
        assert_eq!(template("crisis"), None);
        assert_eq!(templates().len(), 4);
    }
}
