//! The kinds of plans as they ship. Their words: phrases/LANG/plans.ftl, `plan-KEY` and `plan-KEY-PART`. Own wording.

use super::DefaultOwner::{Both, Each, Person, Supporter};
use super::EntryKind::{Check, Contact, Resource, Strategy, Text};
use super::{DefaultOwner, EntryKind, Template, TemplatePart};

/// A part that stays off My card.
const fn part(key: &'static str, owner: DefaultOwner, items: EntryKind) -> TemplatePart {
    TemplatePart { key, owner, items, card: false }
}

/// A part whose lines the person may choose for My card.
const fn card(key: &'static str, owner: DefaultOwner, items: EntryKind) -> TemplatePart {
    TemplatePart { key, owner, items, card: true }
}

/// In the order to offer them.
pub(super) static TEMPLATES: [Template; 4] = [
    Template {
        key: "wellness",
        version: 1,
        parts: &[
            card("me-when-well", Person, Text),
            card("toolbox", Person, Strategy),
            part("everyday", Person, Check),
            part("what-sets-me-off", Person, Text),
            card("early-signs", Person, Text),
            card("much-harder", Person, Strategy),
            card("hardest-times", Person, Text),
            part("afterwards", Person, Text),
            part("looking-after-us", Both, Text),
            part("what-i-bring", Supporter, Text),
            part("how-i-see-things", Each, Text),
        ],
    },
    Template {
        key: "safety",
        version: 1,
        parts: &[
            card("signs", Person, Text),
            card("alone", Person, Strategy),
            card("people-and-places", Person, Contact),
            card("people-i-ask", Person, Contact),
            card("services-and-lines", Person, Resource),
            part("safer-place", Person, Check),
            card("what-matters", Person, Text),
            part("code-phrase", Person, Text),
        ],
    },
    Template {
        key: "relationship",
        version: 1,
        parts: &[
            part("what-each-brings", Each, Text),
            part("how-i-see-things", Each, Text),
            part("connection", Both, Text),
            part("hard-feelings", Both, Text),
            part("moving-towards", Both, Text),
            part("looking-after-us", Both, Text),
        ],
    },
    Template {
        key: "moving-on",
        version: 1,
        parts: &[
            part("what-i-gained", Person, Text),
            card("people-and-places", Person, Contact),
            part("what-i-keep-doing", Person, Check),
            card("signs-and-people", Person, Contact),
            part("how-to-come-back", Person, Text),
            part("what-each-takes", Each, Text),
            part("goodbye", Each, Text),
        ],
    },
];
