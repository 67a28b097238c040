//! Words are found again in every script, only where they may be read, and leave the index with what they stood in.
//! `BELAY_CASES` says how many random notes and stories are tried.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::clock::Stamp;
use belay::command::{Deed, GoalCommand, GoalDraft, NoteCommand, NoteDraft, NoteField, StepDraft, TalkCommand};
use belay::document::State;
use belay::document::note::NoteState;
use belay::document::plan::PartOwner;
use belay::error::{Code, Error, Result};
use belay::ids::{DeviceId, DocId, ElementId, Rev};
use belay::projection::{Findable, Signer, compact_index, reindex, remove_rows, words, write_rows};
use belay::space::SpaceState;
use belay::store::{Store, documents};
use belay::text::search::{Token, indexed, phrases, tokens};
use belay::vault::{self, FolderLock};
use belay::view::{Answer, Ask, At, SearchIn, SearchOrder, SearchPage, SearchQuery, SearchRow, SearchTotal, Span};
use belay_tests::{Chance, Device, Plan, World, next_act, text, until_quiet, whole};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

fn cases(default: usize) -> usize {
    std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default)
}

fn note(on: &Device, title: &str, body: &str) -> DocId {
    let draft = NoteDraft { title: text(title), body: text(body), ..NoteDraft::default() };
    on.apply(NoteCommand::Create { draft }).made.expect("a note")
}

fn page(on: &Device, query: SearchQuery) -> SearchPage {
    match on.ask(Ask::Search { query, at: At { limit: 200, after: None } }) {
        Answer::Search(page) => page,
        other => panic!("{other:?}"),
    }
}

fn rows(on: &Device, typed: &str) -> Vec<SearchRow> {
    page(on, SearchQuery::from(typed)).rows
}

fn ids(rows: &[SearchRow]) -> Vec<DocId> {
    rows.iter().map(|row| row.id).collect()
}

fn told(spans: &[Span]) -> String {
    let piece = |span: &Span| if span.hit { format!("[{}]", span.t.as_str()) } else { span.t.as_str().to_owned() };
    spans.iter().map(piece).collect()
}

/// Writes into the opened store while the companion rests.
fn behind<T>(device: &Device, what: impl FnOnce(&Connection) -> Result<T>) -> T {
    device.companion.pause(&device.at()).expect("pausing");
    let lock = FolderLock::take(device.folder()).expect("the folder is free while the companion rests");
    let (opened, _) = vault::unlock(&lock, &device.secret(), &device.at()).expect("the right passphrase");
    let mut store = Store::open(opened.store_file(), &opened.db_key(), opened.vault()).expect("the store opens");
    let done = store.write(|tx| what(tx)).expect("the store writes").value;
    store.close().expect("the store closes");
    drop(lock);
    device.companion.resume(&device.at()).expect("resuming");
    done
}

/// A term in the index: which number, which column, at which place.
type Instance = (i64, String, i64, String);

/// Every term of the index, and every term that the rows say should be in it.
fn index_and_rows(db: &Connection) -> Result<(BTreeSet<Instance>, BTreeSet<Instance>)> {
    db.execute_batch(
        "INSERT INTO search (search) VALUES ('integrity-check');
         CREATE VIRTUAL TABLE temp.seen USING fts5vocab (main, search, instance);",
    )?;
    let mut query = db.prepare("SELECT doc, col, offset, term FROM temp.seen")?;
    let found = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let found = found.collect::<rusqlite::Result<_>>()?;
    drop(query);
    db.execute_batch("DROP TABLE temp.seen")?;
    let mut query = db.prepare("SELECT id, doc, kind, element FROM findable")?;
    let named = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, DocId>(1)?, row.get(2)?, row.get(3)?)))?;
    let mut wanted = BTreeSet::new();
    for named in named {
        let (id, doc, kind, element): (i64, DocId, u8, Option<ElementId>) = named?;
        let kind = Findable::from_number(kind).expect("a known kind");
        let words = words(db, &doc, kind, element.as_ref())?.expect("what can be found is there");
        for (column, text) in [("title", &words.title), ("body", &words.body)] {
            let terms = indexed(text);
            let numbered = (0_i64..).zip(terms.split_whitespace());
            wanted.extend(numbered.map(|(at, term)| (id, column.to_owned(), at, term.to_owned())));
        }
    }
    Ok((found, wanted))
}

/// How many things with words of their own the rows hold.
fn things(db: &Connection) -> Result<usize> {
    let sql =
        "SELECT (SELECT count(*) FROM note WHERE extra_lock = 0 AND title || body <> '') + (SELECT count(*) FROM goal)
        + (SELECT count(*) FROM step WHERE gone = 0) + (SELECT count(*) FROM entry WHERE gone = 0)
        + (SELECT count(*) FROM idea WHERE withdrawn = 0 AND kind <> 'move' AND alternatives || why <> '')
        + (SELECT count(*) FROM comment) + (SELECT count(*) FROM plan WHERE title <> '' OR EXISTS
          (SELECT 1 FROM part WHERE part.doc = plan.doc AND part.gone = 0 AND part.title IS NOT NULL))";
    let count: i64 = db.query_row(sql, [], |row| row.get(0))?;
    Ok(usize::try_from(count).expect("a count"))
}

#[track_caller]
fn index_is_the_rows(device: &Device) {
    let ((found, wanted), things, named) = behind(device, |db| {
        let named: i64 = db.query_row("SELECT count(*) FROM findable", [], |row| row.get(0))?;
        Ok((index_and_rows(db)?, things(db)?, named))
    });
    let stale: Vec<_> = found.difference(&wanted).collect();
    let missing: Vec<_> = wanted.difference(&found).collect();
    assert!(stale.is_empty() && missing.is_empty(), "{}: stale {stale:?}, missing {missing:?}", device.name);
    assert_eq!(usize::try_from(named).ok(), Some(things), "{}: every text of the rows has a number", device.name);
}

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
    assert_eq!(refused(SearchQuery::from("a"), At { limit: 0, after: None }).code(), Code::OutOfRange);
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
            let at = At { limit: 4, after };
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
        let Answer::Search(page) = mara.ask(Ask::Search { query: query.clone(), at: At { limit: 2, after: None } })
        else {
            panic!("a page")
        };
        page
    };
    let radio = first(&SearchQuery::from("radio"));
    assert_eq!(radio.total, None, "nobody asked to count");
    let other = Ask::Search { query: SearchQuery::from("more"), at: At { limit: 2, after: radio.next } };
    let failure = mara.companion.read(&[other], &mara.at()).expect_err("a cursor of another search");
    assert_eq!(failure.code(), Code::OutOfRange);

    // Tags, days and what was touched last.
    mara.apply(NoteCommand::AddTag { note: written[3], tag: text("Sleep") });
    let tagged = SearchQuery { tag: Some(text("SLEEP")), ..SearchQuery::from("radio") };
    assert_eq!(ids(&page(&mara, tagged).rows), [written[3]]);
    assert_eq!(ids(&rows(&mara, "radio"))[0], written[3], "as in the list of notes, what changed last comes first");
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

fn rev(on: &Device, id: DocId) -> Rev {
    match on.ask(Ask::Note { id }) {
        Answer::Note(note) => note.rev,
        other => panic!("{other:?}"),
    }
}

/// Whether these bytes lie in the pages of the index.
fn index_holds(device: &Device, bytes: &str) -> bool {
    device.dump().iter().filter(|(table, _)| table.starts_with("search")).any(|(_, rows)| {
        let hex: String = bytes.bytes().map(|byte| format!("{byte:02x}")).collect();
        rows.iter().any(|row| row.contains(&hex) || row.contains(bytes))
    })
}

#[test]
fn words_leave_the_index_with_what_they_stood_in() {
    let world = World::new("gone");
    let mara = world.person("Mara");
    for number in 0..cases(40) {
        note(&mara, "", &format!("ordinary words {number} zzq zzqa zzqz of a day"));
    }
    let id = note(&mara, "zzqtitlecanary", "the zzqbodycanary sings");
    assert!(index_holds(&mara, "titlecanary") && index_holds(&mara, "bodycanary"), "the look itself works");
    let edit =
        NoteCommand::Edit { note: id, field: NoteField::Body, base: rev(&mara, id), text: whole("nothing sings") };
    mara.apply(edit);
    assert!(!index_holds(&mara, "odycanary") && index_holds(&mara, "titlecanary"));
    assert_eq!((rows(&mara, "zzqbodycanary").len(), rows(&mara, "nothing sings").len()), (0, 1));
    index_is_the_rows(&mara);

    mara.apply(NoteCommand::Trash { note: id });
    assert_eq!(rows(&mara, "zzqtitle").len(), 0, "what is in the trash is found when asked for");
    let trash = SearchQuery { within: SearchIn::Trash, ..SearchQuery::from("zzqtitle") };
    let found = page(&mara, trash.clone()).rows;
    assert_eq!(ids(&found), [id]);
    assert!(found[0].may.allows(Deed::Restore) && !found[0].may.allows(Deed::Edit));
    behind(&mara, |db| remove_rows(db, &id));
    assert_eq!(page(&mara, trash).rows.len(), 0);
    assert!(!index_holds(&mara, "itlecanary"), "gone from every page");
    behind(&mara, compact_index);
    assert!(!index_holds(&mara, "zzqt") && index_holds(&mara, "zzq"), "and from what parts the pages");
    index_is_the_rows(&mara);
}

#[test]
fn a_note_with_its_own_lock_is_never_told_by_a_word() {
    let world = World::new("locked");
    let mara = world.person("Mara");
    let (open, shut) = (note(&mara, "Radio", "tea with it"), note(&mara, "Radiocanary", "nobody reads canary"));
    assert_eq!(ids(&rows(&mara, "radio")), [shut, open]);
    let lock = |is_shut: bool| {
        behind(&mara, |db| {
            let record = documents::get(db, &shut)?.ok_or(Code::NotFound)?;
            let space = belay::store::spaces::get_space(db, &record.space)?.ok_or(Code::NotFound)?;
            let stamp = Stamp::at(1_795_334_500_000, "Europe/Lisbon");
            let signer = Signer { member: space.me, device: mara_device(db)?, stamp, commit: 1 };
            let (title, body) = ("Radiocanary".to_owned(), "nobody reads canary".to_owned());
            let state = NoteState { title, body, extra_lock: is_shut, ..NoteState::default() };
            write_rows(db, &record, None, &State::Note(state), &signer)
        });
    };
    lock(true);
    for typed in ["radio", "radiocanary", "nobody", "canary"] {
        let found = page(&mara, SearchQuery::from(typed));
        assert!(!ids(&found.rows).contains(&shut), "{typed}");
        assert_eq!(found.locked, 1, "that there is one is told by the list of notes too");
    }
    assert!(!index_holds(&mara, "iocanary") && !index_holds(&mara, "obody"));
    index_is_the_rows(&mara);
    lock(false);
    assert_eq!(ids(&rows(&mara, "canary nob")), [shut]);
}

fn mara_device(db: &Connection) -> Result<DeviceId> {
    let found = db.query_row("SELECT device FROM batch LIMIT 1", [], |row| row.get(0));
    found.map_err(Error::from)
}

/// Kind and snippet of what is found, in the order it comes.
fn kinds(on: &Device, typed: &str) -> Vec<(Findable, String)> {
    rows(on, typed).into_iter().map(|row| (row.kind, told(&row.spans))).collect()
}

#[test]
fn shared_words_are_found_where_they_are_shown_and_nowhere_else() {
    let world = World::new("shared");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add("toolbox", "Tea with the radio on"));
    let line = plan.line(&mara, "toolbox", "Tea with the radio on");
    let draft = GoalDraft { title: text("Radio course"), towards: text("hands busy"), ..GoalDraft::default() };
    let goal = mara.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal");
    let draft = StepDraft { text: text("Ask the radio people"), ..StepDraft::default() };
    mara.apply(GoalCommand::AddStep { goal, draft, after: None });
    note(&mara, "", "a radio for me alone");
    until_quiet(&mara, &theo, &space);
    theo.apply(plan.suggest_change("toolbox", line.id, "Tea with the wireless on"));
    theo.apply(TalkCommand::Comment {
        on: plan.target("toolbox", None),
        text: text("My radio is old"),
        quote: text(""),
    });
    until_quiet(&mara, &theo, &space);

    let found = rows(&theo, "radio");
    let kinds_of = |rows: &[SearchRow]| rows.iter().map(|row| row.kind).collect::<BTreeSet<_>>();
    let shared = BTreeSet::from([Findable::Goal, Findable::Step, Findable::Line, Findable::Comment]);
    assert_eq!(kinds_of(&found), shared);
    assert_eq!(kinds_of(&rows(&mara, "radio")), [Findable::Note].into_iter().chain(shared).collect());
    let row = found.iter().find(|row| row.kind == Findable::Line).expect("the line");
    assert_eq!((row.id, row.element, row.part.as_deref()), (plan.id, Some(line.id), Some("toolbox")));
    assert_eq!((told(&row.spans).as_str(), row.inside.as_str()), ("Tea with the [radio] on", "Wellness plan"));
    assert_eq!(row.audience.people.len(), 2);
    assert_eq!(kinds(&mara, "wireless"), [(Findable::Idea, "Tea with the [wireless] on".to_owned())]);

    // Taken out, handed over, and words left where a part is not shown from any more.
    mara.apply(plan.take(line.id));
    assert!(!kinds_of(&rows(&mara, "radio")).contains(&Findable::Line));
    mara.apply(plan.add("toolbox", "Swim at noon"));
    mara.apply(plan.hand_over("toolbox", PartOwner::Both));
    until_quiet(&mara, &theo, &space);
    for device in [&mara, &theo] {
        let swims = rows(device, "swim");
        assert_eq!(swims.len(), 1, "{}: two documents hold it, one shows it", device.name);
        index_is_the_rows(device);
    }
}

#[test]
fn words_of_someone_whose_digits_were_not_compared_are_not_found() {
    let world = World::new("introduced");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add("toolbox", "Tea with the radio on"));
    let draft = GoalDraft { title: text("Radio course"), towards: text("hands busy"), ..GoalDraft::default() };
    let goal = mara.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal");
    mara.apply(GoalCommand::AddStep {
        goal,
        draft: StepDraft { text: text("radio"), ..StepDraft::default() },
        after: None,
    });
    until_quiet(&mara, &theo, &space);
    theo.apply(plan.suggest("toolbox", "Another radio"));
    theo.apply(TalkCommand::Comment { on: plan.target("toolbox", None), text: text("radio"), quote: text("") });
    assert_eq!(rows(&theo, "radio").len(), 5);
    let stage = |state: SpaceState| {
        behind(&theo, |db| {
            let code = u32::from(state.code());
            Ok(db.execute("UPDATE space SET stage = ?2 WHERE id = ?1", rusqlite::params![space, code])?)
        })
    };
    assert_eq!(stage(SpaceState::Introduced), 1);
    for order in [SearchOrder::Newest, SearchOrder::Best] {
        let query = SearchQuery { order, total: SearchTotal::Counted, ..SearchQuery::from("radio") };
        let found = page(&theo, query);
        assert_eq!((found.rows.len(), found.total, found.next), (0, Some(0), None));
    }
    stage(SpaceState::Checked);
    assert_eq!(rows(&theo, "radio").len(), 5);
}

/// Stories of two devices: whatever was written, suggested, decided, taken out and merged, the index says what the rows
/// say, and an index made anew says the same.
#[test]
fn the_index_says_what_the_rows_say_after_any_story() {
    for seed in 0..cases(3) {
        let world = World::new(format!("index {seed}"));
        let (mara, theo, space) = world.mara_and_theo();
        let chance = &mut Chance::new(seed as u64);
        for turn in 0..40 {
            let device = if chance.percent(50) { &mara } else { &theo };
            let mark = format!("word{turn} 日本{turn}");
            if let Some(command) = next_act(device, &space, &mark, chance) {
                // Some are refused; that is another test's matter.
                let _ = device.attempt(command);
            }
            if chance.percent(15) {
                until_quiet(&mara, &theo, &space);
            }
        }
        for device in [&mara, &theo] {
            index_is_the_rows(device);
            let found = |device: &Device| -> BTreeSet<(DocId, Option<ElementId>)> {
                rows(device, "word").into_iter().map(|row| (row.id, row.element)).collect()
            };
            let before = found(device);
            behind(device, reindex);
            index_is_the_rows(device);
            assert_eq!(found(device), before, "{seed}: {}", device.name);
            assert!(!before.is_empty());
        }
    }
}

#[test]
fn an_index_of_another_fold_is_made_anew_at_the_next_unlock() {
    let world = World::new("fold");
    let mara = world.person("Mara");
    let id = note(&mara, "", "the radio");
    behind(&mara, |db| {
        db.execute_batch(
            "INSERT INTO search (search) VALUES ('delete-all'); UPDATE counter SET value = 0 WHERE name = 'search_fold'",
        )?;
        Ok(())
    });
    assert_eq!(ids(&rows(&mara, "radio")), [id], "resuming is opening");
    mara.lock_and_unlock();
    assert_eq!(ids(&rows(&mara, "radio")), [id]);
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
            let asks = vec![Ask::Search { query, at: At { limit: 200, after: None } }; 64];
            (0..200).find_map(|_| companion.read(&asks, &at).err())
        });
        while !searching.is_finished() {
            companion.interrupt();
        }
        searching.join().expect("no panic")
    });
    assert_eq!(stopped.map(|failure| failure.code()), Some(Code::Interrupted));
    assert_eq!(rows(&mara, "radio").len(), 60, "the next search runs");
}
