//! What is typed finds what was written, in every script, in order and page by page.

use super::{cases, ids, index_is_the_rows, note, page, rows, told};
use belay::command::{NoteCommand, NoteField, TextEdit};
use belay::error::Code;
use belay::ids::DocId;
use belay::projection::Findable;
use belay::text::search::{Token, indexed, phrases, tokens};
use belay::view::{Answer, Ask, At, SearchOrder, SearchQuery, SearchTotal, Span};
use belay_tests::{Chance, World, text};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn words_of_every_script_are_found_and_shown_as_written() {
    let world = World::new("scripts");
    let mara = world.person("Mara");
    // what was written, what is typed, what is pointed at
    let cases = [
        ("Café crème, piñata, Ångström", "creme", "[crème]"),
        ("Café crème, piñata, Ångström", "PINATA angs", "[piñata], [Ångström]"),
        ("Cafe\u{301} noir", "café", "[Cafe\u{301}]"),
        ("Große Straße", "GROSSE strasse", "[Große] [Straße]"),
        ("Iğdır'da ILIK süt, İstanbul", "ılık istanbul", "[ILIK]"),
        ("Ёлка и мёд", "елка мед", "[Ёлка] и [мёд]"),
        ("Ο δρόμος, ΟΔΟΣ", "δρομοσ οδός", "[δρόμος], [ΟΔΟΣ]"),
        ("شاي مع الرَّاديُو في إجازة", "الراديو اجازه", "[الرَّاديُو] في [إجازة]"),
        ("آخر مقـــهى", "مقهي اخر", "[آخر] [مقـــهى]"),
        ("کتاب می‌خواهم", "ميخواهم كتاب", "[کتاب] [می‌خواهم]"),
        ("שָׁלוֹם לך, חלומות", "שלום חלום", "[שָׁלוֹם] לך, [חלומות]"),
        ("今日は日本語を話す", "日本", "[日本]"),
        ("今日は日本語を話す", "語", "[語]"),
        ("一个人去河边散步", "散步 河边", "[河边散步]"),
        ("ラジオを聞く、ｶﾞｯｺｳ", "ガッコウ", "[ｶﾞｯｺｳ]"),
        ("초등학교에 갔다", "학교", "[학교]"),
        ("นอนไม่หลับเมื่อคืน", "หลับ", "[หลับ]"),
        ("रात में नींद नहीं आई", "नींद", "[नींद]"),
        ("Plant 👩🏽‍🌾 and 🌱🌱", "🌾", "[👩🏽‍🌾]"),
        ("Ｒａｄｉｏ ٢٠٢٦", "radio 2026", "[Ｒａｄｉｏ] [٢٠٢٦]"),
        ("It's 12:30, don't", "don't 12:30", "[12:30], [don't]"),
    ];
    let mut written = BTreeMap::new();
    for (body, ..) in cases {
        written.entry(body).or_insert_with(|| note(&mara, "", body));
    }
    for (body, typed, shown) in cases {
        let found = rows(&mara, typed);
        let Some(row) = found.iter().find(|row| row.id == written[body]) else { panic!("{typed} in {body}") };
        assert!(told(&row.spans).contains(shown), "{typed}: {}", told(&row.spans));
        let true_text: String = row.spans.iter().map(|span| span.t.as_str()).collect();
        assert_eq!(true_text, body, "the text itself, not its fold");
    }
    for typed in ["かな", "日語", "學校", "pinatas", "هواء", "راديو", "ガ ッ x"] {
        assert_eq!(ids(&rows(&mara, typed)), [], "{typed}");
    }
    index_is_the_rows(&mara);
}

#[test]
fn every_word_of_a_random_note_finds_it() {
    let world = World::new("every word");
    let mara = world.person("Mara");
    let words = [
        "Radio",
        "naïve",
        "ZOË",
        "Łukasz",
        "über",
        "señor",
        "мир",
        "Ёлка",
        "日本",
        "友達と話す",
        "שָׁלוֹם",
        "سَلام",
        "إجازة",
        "Ελλάδα",
        "don't",
        "e-mail",
        "12:30",
        "👨‍👩‍👧",
        "🌱",
        "학교에서",
        "นอนไม่หลับ",
        "नींद",
        "Straße",
        "ﬁnal",
        "x²",
        "…",
        "(a)",
        "Ｗｉｄｅ",
    ];
    let chance = &mut Chance::new(5);
    for case in 0..cases(40) {
        let count = 1 + chance.below(60);
        let parts: Vec<String> = (0..count)
            .map(|_| {
                let word = chance.pick(&words).copied().unwrap_or_default();
                let blank = chance.pick(&[" ", "\n", "\n- ", ", "]).copied().unwrap_or_default();
                format!("{word}{blank}")
            })
            .collect();
        let body = parts.concat();
        let id = note(&mara, "", &body);
        for _ in 0..6 {
            let word = chance.pick(&words).copied().unwrap_or_default();
            let Some(found) = rows(&mara, word).into_iter().find(|row| row.id == id) else {
                let is_in = !phrases(word).is_empty() && parts.iter().any(|part| part.starts_with(word));
                assert!(!is_in, "{case}: {word} is in {body}");
                continue;
            };
            let hits: Vec<&Span> = found.spans.iter().filter(|span| span.hit).collect();
            assert!(!hits.is_empty(), "{case}: {word}");
            for hit in hits {
                let units: Vec<u16> = body.encode_utf16().skip(hit.at as usize).collect();
                let there = String::from_utf16(&units).expect("no half of a pair");
                assert!(there.starts_with(hit.t.as_str()), "{case}: {word} at {}", hit.at);
                let (folded, typed) = (indexed(hit.t.as_str()), tokens(word));
                let begins = |token: &Token| folded.contains(token.term.as_str());
                assert!(typed.iter().take(1).all(begins), "{case}: {folded} for {word}");
            }
            let shown: usize = found.spans.iter().map(|span| span.t.as_str().chars().count()).sum();
            assert!(shown <= body.chars().count());
        }
    }
    index_is_the_rows(&mara);
}

#[test]
fn nothing_that_is_typed_steers_the_search() {
    let world = World::new("hostile");
    let mara = world.person("Mara");
    let id = note(&mara, "Nights", "NEAR the title, a radio OR two");
    let hostile = [
        "\"",
        "\"\"",
        "*",
        "-radio",
        "radio\"",
        "title:radio",
        "{title body}:radio",
        "^radio",
        "NEAR(radio two, 5)",
        "a AND",
        "OR",
        "NOT",
        "(",
        ")",
        "radio*two",
        "\u{0}",
        "radio\u{0}two",
        "'; DROP TABLE search; --",
        "\u{301}",
        "\u{200d}",
        "\u{202e}radio",
        "\u{fffd}",
        "%",
        "_",
        "\\",
        "\u{10ffff}",
        "",
        " ",
        "\t\n",
    ];
    for typed in hostile {
        for order in [SearchOrder::Newest, SearchOrder::Best] {
            let found = page(&mara, SearchQuery { order, ..SearchQuery::from(typed) });
            let is_asked = !phrases(typed).is_empty();
            assert!(is_asked || found.rows.is_empty() && found.total == Some(0), "{typed:?}");
        }
    }
    for typed in ["near", "or", "\u{202e}radio", "-radio", "radio\"", "^radio", "\"radio\" two"] {
        assert_eq!(ids(&rows(&mara, typed)), [id], "{typed:?}");
    }
    for longest in ["日".repeat(300), "a ".repeat(150), "\"*".repeat(150), "é".repeat(300)] {
        page(&mara, SearchQuery::from(longest.as_str()));
    }
    let refused = |query: SearchQuery, at: At| {
        let reading = mara.companion.read(&[Ask::Search { query, at }], &mara.at());
        let Err(failure) = reading else { panic!("it was answered") };
        failure
    };
    let long = refused(SearchQuery::from("x".repeat(10_000).as_str()), At::default());
    assert_eq!((long.code(), long.detail().max, long.detail().actual), (Code::TooLong, Some(300), Some(10_000)));
    for day in ["yesterday", "2026-13-01", "2026-1-1", "", "+12026-01-01"] {
        let query = SearchQuery { from: Some(day.to_owned()), ..SearchQuery::from("radio") };
        assert_eq!(refused(query, At::default()).code(), Code::InvalidDate, "{day}");
    }
    let (from, to) = (Some("2026-11-23".to_owned()), Some("2026-11-22".to_owned()));
    let turned = SearchQuery { from, to, ..SearchQuery::from("radio") };
    assert_eq!(refused(turned, At::default()).code(), Code::OutOfRange);
    assert_eq!(refused(SearchQuery::from("a"), At { limit: 0, ..At::default() }).code(), Code::OutOfRange);
    index_is_the_rows(&mara);
}

#[test]
fn pages_go_on_in_both_orders_and_filters_hold() {
    let world = World::new("pages");
    let mara = world.person("Mara");
    let mut written = Vec::new();
    for number in 0..23 {
        let title = if number % 5 == 0 { "Radio" } else { "" };
        written.push(note(&mara, title, &format!("radio {number} {}", "and more ".repeat(number % 4))));
    }
    for order in [SearchOrder::Newest, SearchOrder::Best] {
        let query = SearchQuery { order, total: SearchTotal::Counted, ..SearchQuery::from("radio") };
        let all = ids(&page(&mara, query.clone()).rows);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 23);
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let at = At { limit: 4, after, ..At::default() };
            let Answer::Search(page) = mara.ask(Ask::Search { query: query.clone(), at }) else { panic!("a page") };
            assert_eq!(page.total, Some(23));
            paged.extend(ids(&page.rows));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(paged, all, "{order:?}");
        match order {
            SearchOrder::Newest => assert_eq!(all, written.iter().rev().copied().collect::<Vec<_>>()),
            SearchOrder::Best => {
                let titled: BTreeSet<DocId> = written.iter().step_by(5).copied().collect();
                assert_eq!(all[..5].iter().copied().collect::<BTreeSet<_>>(), titled, "a title counts more");
            }
        }
    }
    let first = |query: &SearchQuery| {
        let Answer::Search(page) = mara.ask(Ask::Search { query: query.clone(), at: At { limit: 2, ..At::default() } })
        else {
            panic!("a page")
        };
        page
    };
    let radio = first(&SearchQuery::from("radio"));
    assert_eq!(radio.total, None, "nobody asked to count");
    let other =
        Ask::Search { query: SearchQuery::from("more"), at: At { limit: 2, after: radio.next, ..At::default() } };
    let failure = mara.companion.read(&[other], &mara.at()).expect_err("a cursor of another search");
    assert_eq!(failure.code(), Code::OutOfRange);

    // Tags, days and what was written last: to tag a note is no writing.
    mara.apply(NoteCommand::AddTag { note: written[3], tag: text("Sleep") });
    let tagged = SearchQuery { tag: Some(text("SLEEP")), ..SearchQuery::from("radio") };
    assert_eq!(ids(&page(&mara, tagged).rows), [written[3]]);
    let newest = || ids(&rows(&mara, "radio"))[0];
    assert_eq!(newest(), *written.last().expect("some"), "as in the list of notes, a tag moves none");
    let Answer::Note(detail) = mara.ask(Ask::Note { id: written[3] }) else { panic!("a note") };
    let edit = TextEdit::Whole(text("radio and more"));
    mara.apply(NoteCommand::Edit { note: written[3], field: NoteField::Body, base: detail.rev, text: edit });
    assert_eq!(newest(), written[3], "as in the list of notes, what was written last comes first");
    mara.wait(3 * 86_400_000);
    let later = note(&mara, "", "radio later");
    let day = |from: Option<&str>, to: Option<&str>| SearchQuery {
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        ..SearchQuery::from("radio")
    };
    assert_eq!(ids(&page(&mara, day(Some("2026-11-25"), None)).rows), [later]);
    assert_eq!(page(&mara, day(None, Some("2026-11-24"))).rows.len(), 23);
    assert_eq!(page(&mara, day(Some("2026-11-22"), Some("2026-11-22"))).rows.len(), 23);
    assert_eq!(page(&mara, day(Some("2026-11-26"), None)).rows.len(), 0);
    let plans = SearchQuery { kinds: [Findable::Plan].into(), ..SearchQuery::from("radio") };
    assert_eq!(page(&mara, plans).rows.len(), 0);
    index_is_the_rows(&mara);
}

#[test]
fn a_search_that_runs_is_stopped() {
    let world = World::new("stopped");
    let mara = world.person("Mara");
    for number in 0..60 {
        note(&mara, "", &format!("radio {number} {}", "and more of it ".repeat(30)));
    }
    let at = mara.at();
    let companion = &mara.companion;
    let stopped = std::thread::scope(|scope| {
        let searching = scope.spawn(|| {
            let query = SearchQuery { order: SearchOrder::Best, ..SearchQuery::from("radio mor") };
            let asks = vec![Ask::Search { query, at: At { limit: 200, ..At::default() } }; 64];
            (0..200).find_map(|_| companion.read(&asks, &at).err())
        });
        while !searching.is_finished() {
            companion.interrupt_all();
        }
        searching.join().expect("no panic")
    });
    assert_eq!(stopped.map(|failure| failure.code()), Some(Code::Interrupted));
    assert_eq!(rows(&mara, "radio").len(), 60, "the next search runs");
}
