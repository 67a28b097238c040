//! A catalogue as a reader meets it: every message in every form, with `X` for what is filled in.

use super::grade::{Counts, SECTION_GRADE_MAX, SECTION_WORDS_MIN};
use super::rules::rules;
use super::{Finding, Hit, Kind, grade};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};

/// Stands for a placeable until its neighbours were looked at.
const PLACE: char = '\u{fffc}';
/// Most signs of a label, of a hint, and of anything else (experience.md §5).
const LABEL_MAX: usize = 40;
const HINT_MAX: usize = 120;
const SENTENCES_MAX: usize = 160;
/// Messages with these beginnings are labels.
const LABELS: [&str; 6] = ["state-", "action-", "field-", "kind-", "role-", "owner-"];

/// Everything that is to be said about one catalogue.
pub(super) fn check(language: &str, file: &str, source: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let place = |key: &str| {
        let message = key.split('.').next().unwrap_or(key);
        let line = source.lines().position(|line| line.starts_with(&format!("{message} ="))).map_or(1, |at| at + 1);
        format!("{language}/{file}:{line}")
    };
    let Ok(resource) = fluent_syntax::parser::parse(source) else {
        return vec![Hit::new("shape", "not a Fluent file", "see projectfluent.org").at(&place(""), "")];
    };
    let mut section = (String::from(file), Counts::default());
    for entry in &resource.body {
        match entry {
            Entry::GroupComment(comment) if section.1.words >= SECTION_WORDS_MIN => {
                findings.extend(section_hit(&section).map(|hit| hit.at(&place(""), file)));
                section = (comment.content.join(" "), Counts::default());
            }
            Entry::GroupComment(comment) => section.0 = format!("{}, {}", section.0, comment.content.join(" ")),
            Entry::Message(message) => {
                let id = message.id.name;
                let attributes = message.attributes.iter().map(|part| (format!("{id}.{}", part.id.name), &part.value));
                let parts: Vec<_> =
                    message.value.iter().map(|value| (id.to_owned(), value)).chain(attributes).collect();
                if id.starts_with("state-") && !parts.iter().any(|(key, _)| key.ends_with(".hint")) {
                    findings.push(Hit::new("shape", "a state without a hint", "add .hint").at(&place(id), id));
                }
                for (key, pattern) in parts {
                    let mut hits = plural_hits(language, pattern);
                    let has_name = names_someone(pattern);
                    for form in forms(pattern) {
                        hits.extend(touching(&form));
                        let text = form.replace(PLACE, "X");
                        section.1.add(Counts::of(language, &text));
                        hits.extend(grade::look(language, &text));
                        hits.extend(length(&key, &text));
                        hits.extend(rules().look(language, kind(file, &key), has_name, &text));
                    }
                    findings.extend(hits.into_iter().map(|hit| hit.at(&place(&key), &key)));
                }
            }
            _ => {}
        }
    }
    // The rest of a file is judged when it is long enough to be measured.
    if section.1.words >= SECTION_WORDS_MIN {
        findings.extend(section_hit(&section).map(|hit| hit.at(&place(""), file)));
    }
    findings
}

fn section_hit((name, counts): &(String, Counts)) -> Option<Hit> {
    let grade = counts.grade();
    (grade > SECTION_GRADE_MAX).then(|| Hit::new("grade", format!("grade {grade:.1} of {name}"), "shorter words"))
}

fn kind(file: &str, key: &str) -> Kind {
    if super::super::templates().iter().any(|template| template.title_id() == key) {
        return Kind::Title;
    }
    if matches!(file, "terminal.ftl" | "demo.ftl") { Kind::Terminal } else { Kind::Screen }
}

/// Every form a pattern can take, with [`PLACE`] for what is filled in.
pub(super) fn forms(pattern: &Pattern<&str>) -> Vec<String> {
    let mut forms = vec![String::new()];
    for element in &pattern.elements {
        let endings = match element {
            PatternElement::TextElement { value } => vec![(*value).to_owned()],
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                variants.iter().flat_map(|variant| self::forms(&variant.value)).collect()
            }
            PatternElement::Placeable { expression: Expression::Inline(InlineExpression::StringLiteral { value }) } => {
                vec![(*value).to_owned()]
            }
            PatternElement::Placeable { .. } => vec![PLACE.to_string()],
        };
        forms = forms.iter().flat_map(|form| endings.iter().map(move |ending| format!("{form}{ending}"))).collect();
    }
    forms
}

/// A letter beside a placeable makes half a word of a name.
fn touching(form: &str) -> Option<Hit> {
    let signs: Vec<char> = form.chars().collect();
    let touches = signs.windows(2).any(|near| match near {
        [one, other] => (*one == PLACE && other.is_alphanumeric()) || (*other == PLACE && one.is_alphanumeric()),
        _ => false,
    });
    touches.then(|| Hit::new("shape", "a placeable touches a letter", "a space or a whole sentence"))
}

fn length(key: &str, text: &str) -> Option<Hit> {
    let max = match key.split_once('.') {
        Some((_, "hint")) => HINT_MAX,
        None if LABELS.iter().any(|start| key.starts_with(start)) => LABEL_MAX,
        _ => SENTENCES_MAX,
    };
    let actual = text.chars().count();
    (actual > max).then(|| Hit::new("length", format!("{actual} signs"), &format!("at most {max}")))
}

/// The selections of a pattern, also those inside others.
fn selections<'a, 'p>(pattern: &'p Pattern<&'a str>) -> Vec<(&'p InlineExpression<&'a str>, &'p [Variant<&'a str>])> {
    let mut found = Vec::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression: Expression::Select { selector, variants } } = element {
            found.push((selector, variants.as_slice()));
            found.extend(variants.iter().flat_map(|variant| selections(&variant.value)));
        }
    }
    found
}

/// A number has every form its language has.
fn plural_hits(language: &str, pattern: &Pattern<&str>) -> Vec<Hit> {
    const CATEGORIES: [&str; 5] = ["zero", "one", "two", "few", "many"];
    let mut hits = Vec::new();
    for (_, variants) in selections(pattern) {
        let keys: Vec<&str> = variants.iter().map(|variant| key_name(&variant.key)).collect();
        let wanted = rules().plural.get(language).map_or(&[][..], Vec::as_slice);
        let counts = keys.iter().any(|key| CATEGORIES.contains(key));
        for category in wanted.iter().filter(|category| counts && !keys.contains(&category.as_str())) {
            hits.push(Hit::new("shape", format!("no form for {category}"), "every form of a number"));
        }
    }
    hits
}

fn key_name<'a>(key: &VariantKey<&'a str>) -> &'a str {
    match key {
        VariantKey::Identifier { name } => name,
        VariantKey::NumberLiteral { value } => value,
    }
}

/// The placeables of a pattern, also those that only choose.
pub(super) fn variables<'a>(pattern: &Pattern<&'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                found.extend(variable(selector));
                found.extend(variants.iter().flat_map(|variant| variables(&variant.value)));
            }
            PatternElement::Placeable { expression: Expression::Inline(inline) } => found.extend(variable(inline)),
            PatternElement::TextElement { .. } => {}
        }
    }
    found
}

fn variable<'a>(inline: &InlineExpression<&'a str>) -> Option<&'a str> {
    match inline {
        InlineExpression::VariableReference { id } => Some(id.name),
        _ => None,
    }
}

fn names_someone(pattern: &Pattern<&str>) -> bool {
    variables(pattern).iter().any(|variable| rules().names.iter().any(|name| name == variable))
}

/// What each selector of a pattern can be asked for.
#[cfg(test)]
pub(super) fn choices<'a>(pattern: &Pattern<&'a str>) -> Vec<(&'a str, Vec<&'a str>)> {
    let found = selections(pattern).into_iter();
    found
        .filter_map(|(selector, variants)| {
            Some((variable(selector)?, variants.iter().map(|variant| key_name(&variant.key)).collect()))
        })
        .collect()
}
