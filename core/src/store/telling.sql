-- Triggers tell what moved, so that no writer can forget to: a screen reads again only what is told here. They are made
-- by whoever writes, for that connection alone: in the store they would be more than half of the schema, which every
-- connection reads before its first question.
-- The commit that is being written, and what causes it: the writer's own too, so that no commit writes a page for it.
CREATE TEMP TABLE writing (made_in INTEGER NOT NULL, cause INTEGER NOT NULL) STRICT;
INSERT INTO writing VALUES (0, 1);
CREATE TEMP VIEW touching AS SELECT object, kind, parent, how FROM touched;
-- What is told once a row of a log comes as single values: SQLite makes a table of its own to hold what a SELECT gives to
-- a trigger, or what one reads from where it writes, and the cipher wipes that table's pages, whichever few it filled.
CREATE TEMP TRIGGER touching_told INSTEAD OF INSERT ON touching WHEN new.object IS NOT NULL BEGIN
  UPDATE touched SET how = new.how
    WHERE made_in = (SELECT made_in FROM writing) AND object = new.object AND kind = new.kind
      AND new.how <> 4 AND how <> new.how AND NOT (how = 1 AND new.how = 2);
  INSERT INTO touched (made_in, object, kind, parent, how, cause)
    SELECT made_in, new.object, new.kind, new.parent, new.how, cause FROM writing WHERE true ON CONFLICT DO NOTHING;
END;
-- A document is shown while it has heads. Members' names belong to their space, all else to what it is about.
CREATE TEMP TRIGGER document_moved AFTER UPDATE OF heads ON document WHEN new.heads <> old.heads BEGIN
  INSERT INTO touching VALUES (new.id, new.kind, coalesce(new.about, CASE new.kind WHEN 7 THEN (SELECT value FROM name WHERE name.id = new.space) END),
    CASE WHEN new.heads = x'' THEN 3 WHEN old.heads = x'' THEN 1 ELSE 2 END);
END;
CREATE TEMP TRIGGER document_gone AFTER DELETE ON document WHEN old.heads <> x'' BEGIN
  INSERT INTO touching VALUES (old.id, old.kind, coalesce(old.about, CASE old.kind WHEN 7 THEN (SELECT value FROM name WHERE name.id = old.space) END), 3);
END;
-- A log is told once a commit, and always in the same way: a trigger that is begun for each of its rows again, to find that it
-- is told, takes some kilobytes each time, which the cipher wipes.
CREATE TEMP TRIGGER batch_came AFTER INSERT ON batch WHEN NOT EXISTS (SELECT 1 FROM touched WHERE made_in = (SELECT made_in FROM writing)
  AND object = (SELECT value FROM name WHERE name.id = new.device)
  AND kind = CASE (SELECT kind FROM space WHERE id = (SELECT value FROM name WHERE name.id = new.space)) WHEN 1 THEN 103 ELSE 102 END) BEGIN
  INSERT INTO touching VALUES (
    (SELECT name.value FROM name WHERE name.id = new.device AND EXISTS (SELECT 1 FROM space
      WHERE space.id = (SELECT own.value FROM name AS own WHERE own.id = new.space))),
    CASE (SELECT kind FROM space WHERE id = (SELECT value FROM name WHERE name.id = new.space)) WHEN 1 THEN 103 ELSE 102 END,
    NULL, 2);
END;
CREATE TEMP TRIGGER batch_came_kept_out AFTER INSERT ON batch WHEN new.stage IN (4, 6) BEGIN
  INSERT INTO touching VALUES (new.id, 104, NULL, 1);
END;
CREATE TEMP TRIGGER batch_moved AFTER UPDATE OF stage, reason, counted, payload ON batch
WHEN (new.stage <> old.stage OR new.reason <> old.reason OR new.counted IS NOT old.counted
  OR (new.payload IS NULL) <> (old.payload IS NULL)) AND NOT EXISTS (SELECT 1 FROM touched WHERE made_in = (SELECT made_in FROM writing)
  AND object = (SELECT value FROM name WHERE name.id = new.device)
  AND kind = CASE (SELECT kind FROM space WHERE id = (SELECT value FROM name WHERE name.id = new.space)) WHEN 1 THEN 103 ELSE 102 END) BEGIN
  INSERT INTO touching VALUES (
    (SELECT name.value FROM name WHERE name.id = new.device AND EXISTS (SELECT 1 FROM space
      WHERE space.id = (SELECT own.value FROM name AS own WHERE own.id = new.space))),
    CASE (SELECT kind FROM space WHERE id = (SELECT value FROM name WHERE name.id = new.space)) WHEN 1 THEN 103 ELSE 102 END,
    NULL, 2);
END;
CREATE TEMP TRIGGER batch_moved_out AFTER UPDATE OF stage, reason, counted, payload ON batch
WHEN (new.stage IN (4, 6) OR old.stage IN (4, 6))
  AND (new.stage <> old.stage OR new.reason <> old.reason OR new.counted IS NOT old.counted
    OR (new.payload IS NULL) <> (old.payload IS NULL)) BEGIN
  INSERT INTO touching VALUES (new.id, 104, NULL,
    CASE WHEN old.stage NOT IN (4, 6) THEN 1 WHEN new.stage NOT IN (4, 6) THEN 3 ELSE 2 END);
END;
-- What waits for a newer app closes its document to writers.
CREATE TEMP TRIGGER batch_newer AFTER UPDATE OF stage ON batch WHEN (new.stage = 5) <> (old.stage = 5) BEGIN
  INSERT INTO touching SELECT id, kind, coalesce(about, CASE kind WHEN 7 THEN (SELECT value FROM name WHERE name.id = document.space) END), 4 FROM document
    WHERE id = new.doc;
END;
CREATE TEMP TRIGGER batch_gone AFTER DELETE ON batch BEGIN
  INSERT INTO touching SELECT device.value, CASE kind WHEN 1 THEN 103 ELSE 102 END, NULL, 2
    FROM name AS own CROSS JOIN space ON space.id = own.value CROSS JOIN name AS device
    WHERE own.id = old.space AND device.id = old.device;
  INSERT INTO touching SELECT old.id, 104, NULL, 3 WHERE old.stage IN (4, 6);
  INSERT INTO touching SELECT id, kind, coalesce(about, CASE kind WHEN 7 THEN (SELECT value FROM name WHERE name.id = document.space) END), 4 FROM document
    WHERE id = old.doc AND old.stage = 5;
END;
CREATE TEMP TRIGGER holdings_came AFTER INSERT ON holdings BEGIN
  INSERT INTO touching SELECT new.device, CASE kind WHEN 1 THEN 103 ELSE 102 END, NULL, 2 FROM space
    WHERE id = new.space;
END;
CREATE TEMP TRIGGER holdings_moved AFTER UPDATE ON holdings BEGIN
  INSERT INTO touching SELECT new.device, CASE kind WHEN 1 THEN 103 ELSE 102 END, NULL, 2 FROM space
    WHERE id = new.space;
END;
CREATE TEMP TRIGGER statement_came AFTER INSERT ON statement BEGIN
  INSERT INTO touching VALUES (new.space, 101, NULL, 4);
END;
CREATE TEMP TRIGGER statement_gone AFTER DELETE ON statement BEGIN
  INSERT INTO touching VALUES (old.space, 101, NULL, 4);
END;
CREATE TEMP TRIGGER space_came AFTER INSERT ON space BEGIN
  INSERT INTO touching VALUES (new.id, 101, NULL, 1);
END;
CREATE TEMP TRIGGER space_moved AFTER UPDATE OF stage ON space WHEN new.stage <> old.stage BEGIN
  INSERT INTO touching VALUES (new.id, 101, NULL, 2);
END;
CREATE TEMP TRIGGER space_gone AFTER DELETE ON space BEGIN
  INSERT INTO touching VALUES (old.id, 101, NULL, 3);
END;
CREATE TEMP TRIGGER forgotten_came AFTER INSERT ON forgotten BEGIN
  INSERT INTO touching VALUES (new.doc, 105, NULL, 2);
END;
CREATE TEMP TRIGGER forgotten_gone AFTER DELETE ON forgotten BEGIN
  INSERT INTO touching VALUES (old.doc, 105, NULL, 3);
END;
CREATE TEMP TRIGGER request_came AFTER INSERT ON request BEGIN
  INSERT INTO touching VALUES (new.doc, 105, NULL, 2);
END;
CREATE TEMP TRIGGER frozen_came AFTER INSERT ON frozen BEGIN
  INSERT INTO touching VALUES (new.doc, 106, (SELECT about FROM document WHERE id = new.doc), 1);
  INSERT INTO touching SELECT id, kind, coalesce(about, CASE kind WHEN 7 THEN (SELECT value FROM name WHERE name.id = document.space) END), 4 FROM document
    WHERE id = new.doc;
END;
CREATE TEMP TRIGGER frozen_gone AFTER DELETE ON frozen BEGIN
  INSERT INTO touching VALUES (old.doc, 106, (SELECT about FROM document WHERE id = old.doc), 3);
  INSERT INTO touching SELECT id, kind, coalesce(about, CASE kind WHEN 7 THEN (SELECT value FROM name WHERE name.id = document.space) END), 4 FROM document
    WHERE id = old.doc;
END;
-- Whether the words were tested and the notice understood, and a card in my name that is not mine.
CREATE TEMP TRIGGER counter_came AFTER INSERT ON counter WHEN new.name IN ('acknowledged', 'words_tested') BEGIN
  INSERT INTO touching SELECT id, 107, NULL, 2 FROM space WHERE kind = 1;
END;
CREATE TEMP TRIGGER counter_moved AFTER UPDATE ON counter WHEN new.name IN ('acknowledged', 'words_tested') BEGIN
  INSERT INTO touching SELECT id, 107, NULL, 2 FROM space WHERE kind = 1;
END;
CREATE TEMP TRIGGER secret_came AFTER INSERT ON secret WHEN new.name LIKE 'foreign_card %' BEGIN
  INSERT INTO touching SELECT id, 107, NULL, 2 FROM space WHERE kind = 1;
END;
CREATE TEMP TRIGGER secret_moved AFTER UPDATE ON secret WHEN new.name LIKE 'foreign_card %' BEGIN
  INSERT INTO touching SELECT id, 107, NULL, 2 FROM space WHERE kind = 1;
END;
CREATE TEMP TRIGGER exchange_came AFTER INSERT ON exchange BEGIN
  INSERT INTO touching SELECT id, 108, NULL, 1 FROM space WHERE kind = 1;
END;
CREATE TEMP TRIGGER exchange_moved AFTER UPDATE ON exchange BEGIN
  INSERT INTO touching SELECT id, 108, NULL, 2 FROM space WHERE kind = 1;
END;
CREATE TEMP TRIGGER exchange_gone AFTER DELETE ON exchange BEGIN
  INSERT INTO touching SELECT id, 108, NULL, 3 FROM space WHERE kind = 1;
END;
CREATE TEMP TRIGGER draft_came AFTER INSERT ON draft BEGIN
  INSERT INTO touching SELECT id, 109, NULL, 2 FROM space WHERE kind = 1;
END;
CREATE TEMP TRIGGER draft_moved AFTER UPDATE ON draft BEGIN
  INSERT INTO touching SELECT id, 109, NULL, 2 FROM space WHERE kind = 1;
END;
CREATE TEMP TRIGGER draft_gone AFTER DELETE ON draft BEGIN
  INSERT INTO touching SELECT id, 109, NULL, 2 FROM space WHERE kind = 1;
END;
