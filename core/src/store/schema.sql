-- The schema of a Belay store at step 1. Made from migrations/ by
--   BELAY_WRITE_SCHEMA=1 cargo test -p belay --lib store::migrate
-- and compared with them by that same test. What a table means is told beside the step that made it.

CREATE VIRTUAL TABLE search USING fts5 (title, body, content = '', tokenize = 'ascii');

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE name (id INTEGER PRIMARY KEY, value BLOB NOT NULL UNIQUE) STRICT;

CREATE TABLE space (
  id BLOB PRIMARY KEY, kind INTEGER NOT NULL, stage INTEGER NOT NULL, me BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE statement (
  position INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, space BLOB NOT NULL, signed BLOB NOT NULL
) STRICT;

CREATE TABLE statement_rate (
  space BLOB NOT NULL, signer BLOB NOT NULL, day INTEGER NOT NULL, taken INTEGER NOT NULL, PRIMARY KEY (space, signer)
) STRICT, WITHOUT ROWID;

CREATE TABLE card (
  space BLOB NOT NULL, device BLOB NOT NULL, rev INTEGER NOT NULL, signed BLOB NOT NULL, came_ms INTEGER NOT NULL,
  PRIMARY KEY (space, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE space_key (space BLOB PRIMARY KEY, keys BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE holdings (
  space BLOB NOT NULL, device BLOB NOT NULL, counter INTEGER NOT NULL, signed BLOB NOT NULL,
  PRIMARY KEY (space, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE exchange (
  id BLOB PRIMARY KEY, stage INTEGER NOT NULL, expires_ms INTEGER NOT NULL, private BLOB NOT NULL, sent BLOB NOT NULL,
  used_by BLOB, space BLOB, nickname TEXT NOT NULL
) STRICT;

CREATE TABLE batch (
  position INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, space INTEGER NOT NULL, device INTEGER NOT NULL,
  seq INTEGER NOT NULL, doc BLOB NOT NULL, header BLOB NOT NULL, signature BLOB NOT NULL, payload INTEGER,
  stage INTEGER NOT NULL, reason INTEGER NOT NULL, facts BLOB NOT NULL, counted INTEGER
) STRICT;

CREATE TABLE payload (batch INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

CREATE TABLE followed (batch BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE log_head (
  space BLOB NOT NULL, device BLOB NOT NULL, batch BLOB NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (space, device, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE adopted (batch BLOB NOT NULL, by BLOB NOT NULL, PRIMARY KEY (batch, by)) STRICT, WITHOUT ROWID;

CREATE TABLE made_again (batch BLOB NOT NULL, by BLOB NOT NULL, PRIMARY KEY (batch, by)) STRICT, WITHOUT ROWID;

CREATE TABLE change_in (change BLOB NOT NULL, batch INTEGER NOT NULL, PRIMARY KEY (change, batch)) STRICT, WITHOUT ROWID;

CREATE TABLE wanted (change BLOB NOT NULL, by BLOB NOT NULL, PRIMARY KEY (change, by)) STRICT, WITHOUT ROWID;

CREATE TABLE waiting (
  position INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, space BLOB NOT NULL, device BLOB NOT NULL, bytes BLOB NOT NULL
) STRICT;

CREATE TABLE open_batch (
  doc BLOB PRIMARY KEY, space BLOB NOT NULL, actor_nonce BLOB NOT NULL, random BLOB NOT NULL,
  claimed_ms INTEGER NOT NULL, zone TEXT NOT NULL, operations INTEGER NOT NULL, bytes INTEGER NOT NULL,
  facts BLOB NOT NULL, told_from INTEGER NOT NULL, chunk BLOB
) STRICT;

CREATE TABLE open_change (position INTEGER PRIMARY KEY, doc BLOB NOT NULL, chunk BLOB NOT NULL) STRICT;

CREATE TABLE request (
  batch BLOB NOT NULL, doc BLOB NOT NULL, asked INTEGER NOT NULL, heads BLOB NOT NULL, into_doc BLOB,
  PRIMARY KEY (batch, doc)
) STRICT, WITHOUT ROWID;

CREATE TABLE forgotten (
  doc BLOB PRIMARY KEY, space BLOB NOT NULL, into_doc BLOB, since_ms INTEGER NOT NULL, dropped_ms INTEGER,
  let_go INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen (doc BLOB PRIMARY KEY, since_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, space INTEGER NOT NULL, kind INTEGER NOT NULL, writer INTEGER, about BLOB, key TEXT,
  nonce BLOB NOT NULL, heads BLOB NOT NULL DEFAULT x'', hash BLOB
) STRICT;

CREATE TABLE snapshot (
  doc BLOB PRIMARY KEY, bytes BLOB NOT NULL, upto INTEGER NOT NULL, weight INTEGER NOT NULL
) STRICT;

CREATE TABLE note (
  number INTEGER PRIMARY KEY, doc BLOB NOT NULL, title TEXT NOT NULL, head TEXT NOT NULL, pinned INTEGER NOT NULL,
  trashed_ms INTEGER, extra_lock INTEGER NOT NULL, made_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, zone TEXT NOT NULL,
  found INTEGER NOT NULL, words_op INTEGER NOT NULL
) STRICT;

CREATE TABLE note_rest (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;

CREATE TABLE typed (
  position INTEGER PRIMARY KEY, doc BLOB NOT NULL, at INTEGER NOT NULL, gone INTEGER NOT NULL, come TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE note_tag (doc BLOB NOT NULL, fold TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (doc, fold))
  STRICT, WITHOUT ROWID;

CREATE TABLE goal (
  doc BLOB PRIMARY KEY, title TEXT NOT NULL, why TEXT NOT NULL, towards TEXT NOT NULL, away_from TEXT NOT NULL,
  area TEXT, stage TEXT NOT NULL, made_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, zone TEXT NOT NULL, origin BLOB
) STRICT;

CREATE TABLE step (
  doc BLOB NOT NULL, id BLOB NOT NULL, text TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, by_date TEXT,
  stage TEXT NOT NULL, place TEXT NOT NULL, gone INTEGER NOT NULL, turn INTEGER NOT NULL, PRIMARY KEY (doc, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan (
  doc BLOB PRIMARY KEY, title TEXT NOT NULL, template TEXT NOT NULL, template_version INTEGER NOT NULL,
  made_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL, zone TEXT NOT NULL, origin BLOB
) STRICT;

CREATE TABLE part (
  doc BLOB NOT NULL, key TEXT NOT NULL, owner TEXT NOT NULL, place TEXT NOT NULL, title TEXT, skipped INTEGER NOT NULL,
  gone INTEGER NOT NULL, PRIMARY KEY (doc, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
  doc BLOB NOT NULL, id BLOB NOT NULL, part TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL,
  gone INTEGER NOT NULL, from_idea BLOB, copied BLOB, PRIMARY KEY (doc, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE decision (
  doc BLOB NOT NULL, idea BLOB NOT NULL, turn INTEGER NOT NULL, choice TEXT NOT NULL, text TEXT NOT NULL,
  by BLOB NOT NULL, at_ms INTEGER NOT NULL, element BLOB, PRIMARY KEY (doc, idea, turn)
) STRICT, WITHOUT ROWID;

CREATE TABLE idea (
  doc BLOB NOT NULL, id BLOB NOT NULL, about BLOB NOT NULL, kind TEXT NOT NULL, part TEXT NOT NULL, element BLOB,
  alternatives TEXT NOT NULL, why TEXT NOT NULL, base TEXT NOT NULL, withdrawn INTEGER NOT NULL, at_ms INTEGER NOT NULL,
  PRIMARY KEY (doc, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE comment (
  doc BLOB NOT NULL, id BLOB NOT NULL, about BLOB NOT NULL, part TEXT NOT NULL, element BLOB, text TEXT NOT NULL,
  quote TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (doc, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mark (
  doc BLOB NOT NULL, step BLOB NOT NULL, about BLOB NOT NULL, stage TEXT NOT NULL, turn INTEGER NOT NULL,
  PRIMARY KEY (doc, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE profile (
  doc BLOB PRIMARY KEY, space BLOB NOT NULL, member BLOB NOT NULL, display_name TEXT NOT NULL, pronouns TEXT NOT NULL
) STRICT;

CREATE TABLE known_space (space BLOB PRIMARY KEY, doc BLOB NOT NULL, nickname TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE copy (
  doc BLOB PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, extent TEXT NOT NULL, at_ms INTEGER NOT NULL,
  zone TEXT NOT NULL
) STRICT;

CREATE TABLE consent (
  doc BLOB PRIMARY KEY, purpose TEXT NOT NULL, copy BLOB NOT NULL, note BLOB NOT NULL, wording BLOB NOT NULL,
  language TEXT NOT NULL, from_ms INTEGER NOT NULL, until_ms INTEGER
) STRICT;

CREATE TABLE told (
  id INTEGER PRIMARY KEY, space INTEGER NOT NULL, subject BLOB NOT NULL, doc BLOB, batch INTEGER NOT NULL,
  act INTEGER NOT NULL, element BLOB, field TEXT, before TEXT, after TEXT, member INTEGER NOT NULL,
  device INTEGER NOT NULL, claimed_ms INTEGER NOT NULL, zone TEXT NOT NULL, made_in INTEGER NOT NULL
) STRICT;

CREATE TABLE touched (
  made_in INTEGER NOT NULL, object BLOB NOT NULL, kind INTEGER NOT NULL, parent BLOB, how INTEGER NOT NULL,
  cause INTEGER NOT NULL, PRIMARY KEY (made_in, object, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
  target TEXT NOT NULL, field TEXT NOT NULL, text TEXT NOT NULL, back BLOB NOT NULL, unseen BLOB NOT NULL,
  caret INTEGER NOT NULL, changed_ms INTEGER NOT NULL, zone TEXT NOT NULL, PRIMARY KEY (target, field)
) STRICT;

CREATE TABLE undo (
  position INTEGER PRIMARY KEY, token BLOB NOT NULL, deeds BLOB NOT NULL, what INTEGER NOT NULL, about BLOB
) STRICT;

CREATE TABLE findable (
  id INTEGER PRIMARY KEY, doc INTEGER NOT NULL, kind INTEGER NOT NULL, element BLOB
) STRICT;

CREATE TABLE unindexed (doc BLOB PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE VIEW history AS SELECT told.id AS id, spaces.value AS space, coalesce(told.doc, told.subject) AS doc,
  told.subject AS subject, batch.id AS batch, told.act AS act, told.element AS element, told.field AS field,
  told.before AS before, told.after AS after, members.value AS member, devices.value AS device,
  told.claimed_ms AS claimed_ms, told.zone AS zone, told.made_in AS made_in
  FROM told LEFT JOIN name AS spaces ON spaces.id = told.space LEFT JOIN name AS members ON members.id = told.member
  LEFT JOIN name AS devices ON devices.id = told.device LEFT JOIN batch ON batch.position = told.batch;

CREATE INDEX statement_of_space ON statement (space);

CREATE INDEX batch_of_document ON batch (doc, stage);

CREATE INDEX batch_of_log ON batch (space, device, seq);

CREATE INDEX batch_of_newer_app ON batch (doc) WHERE stage = 5;

CREATE INDEX batch_kept_out ON batch (position) WHERE stage IN (4, 6);

CREATE INDEX adopted_by ON adopted (by);

CREATE INDEX wanted_by ON wanted (by);

CREATE INDEX open_change_of_document ON open_change (doc);

CREATE INDEX request_of_document ON request (doc, asked);

CREATE INDEX document_of_space ON document (space, kind);

CREATE INDEX document_about ON document (about) WHERE about IS NOT NULL;

CREATE INDEX document_unhashed ON document (kind) WHERE hash IS NULL AND heads <> x'';

CREATE INDEX note_kept ON note (pinned, changed_ms) WHERE trashed_ms IS NULL;

CREATE INDEX note_trashed ON note (pinned, trashed_ms) WHERE trashed_ms IS NOT NULL;

CREATE INDEX note_newest ON note (changed_ms) WHERE trashed_ms IS NULL;

CREATE INDEX note_by_tag ON note_tag (fold);

CREATE INDEX goal_newest ON goal (changed_ms DESC, doc);

CREATE INDEX goal_active ON goal (changed_ms DESC, doc) WHERE stage = 'active';

CREATE INDEX plan_newest ON plan (changed_ms DESC, doc);

CREATE INDEX decision_on ON decision (idea);

CREATE INDEX idea_about ON idea (about);

CREATE INDEX idea_named ON idea (id);

CREATE INDEX idea_waiting ON idea (at_ms DESC, id) WHERE withdrawn = 0;

CREATE INDEX comment_about ON comment (about);

CREATE INDEX mark_about ON mark (about);

CREATE INDEX profile_of ON profile (space, member);

CREATE INDEX consent_of_copy ON consent (copy);

CREATE INDEX consent_of_note ON consent (note);

CREATE INDEX told_of_subject ON told (subject);

CREATE INDEX told_of_element ON told (element) WHERE element IS NOT NULL;

CREATE INDEX told_of_commit ON told (made_in);

CREATE INDEX draft_newest ON draft (changed_ms);

CREATE INDEX findable_of ON findable (doc, kind, element) WHERE kind <> 1;

CREATE INDEX note_with_lock ON note (trashed_ms) WHERE extra_lock = 1;
