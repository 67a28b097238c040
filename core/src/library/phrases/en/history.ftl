# The story of an object. `$who` is `you` or `other`; `$name` is whoever is not you.

## Notes

history-note-written = { $who ->
    [you] You wrote this note.
   *[other] { $name } wrote this note.
}
history-note-changed = { $who ->
    [you] You changed this note.
   *[other] { $name } changed this note.
}
history-note-title = { $who ->
    [you] You changed the title.
   *[other] { $name } changed the title.
}
history-note-tag-added = { $who ->
    [you] You added the tag { $tag }.
   *[other] { $name } added the tag { $tag }.
}
history-note-tag-removed = { $who ->
    [you] You took off the tag { $tag }.
   *[other] { $name } took off the tag { $tag }.
}
history-note-pinned = { $who ->
    [you] You pinned it.
   *[other] { $name } pinned it.
}
history-note-unpinned = { $who ->
    [you] You unpinned it.
   *[other] { $name } unpinned it.
}
history-note-trashed = { $who ->
    [you] You put it in the trash.
   *[other] { $name } put it in the trash.
}
history-note-restored = { $who ->
    [you] You brought it back.
   *[other] { $name } brought it back.
}

## Goals

history-goal-made = { $who ->
    [you] You began this goal.
   *[other] { $name } began this goal.
}
history-goal-field-title = { $who ->
    [you] You changed the words of this goal.
   *[other] { $name } changed the words of this goal.
}
history-goal-field-why = { $who ->
    [you] You changed why it matters.
   *[other] { $name } changed why it matters.
}
history-goal-field-towards = { $who ->
    [you] You changed what it moves towards.
   *[other] { $name } changed what it moves towards.
}
history-goal-field-away-from = { $who ->
    [you] You changed what it moves away from.
   *[other] { $name } changed what it moves away from.
}
history-goal-field-area = { $who ->
    [you] You changed the part of life it belongs to.
   *[other] { $name } changed the part of life it belongs to.
}
history-goal-field-confidence = { $who ->
    [you] You changed how sure you feel about it.
   *[other] { $name } changed the number for feeling sure.
}
history-goal-field-progress = { $who ->
    [you] You changed how it is.
   *[other] { $name } changed how it is.
}
history-goal-field-review = { $who ->
    [you] You changed the day to look at it again.
   *[other] { $name } changed the day to look at it again.
}
history-goal-state-exploring = { $who ->
    [you] You went back to exploring.
   *[other] { $name } went back to exploring.
}
history-goal-state-active = { $who ->
    [you] You took this goal up.
   *[other] { $name } took this goal up.
}
history-goal-state-resting = { $who ->
    [you] You let this goal rest.
   *[other] { $name } let this goal rest.
}
history-goal-state-achieved = { $who ->
    [you] You reached this goal.
   *[other] { $name } reached this goal.
}
history-goal-state-celebrated = { $who ->
    [you] You celebrated this goal.
   *[other] { $name } celebrated this goal.
}
history-goal-state-set-aside = { $who ->
    [you] You set this goal aside.
   *[other] { $name } set this goal aside.
}
history-goal-trashed = { $who ->
    [you] You put this goal in the trash.
   *[other] { $name } put this goal in the trash.
}
history-goal-restored = { $who ->
    [you] You brought this goal back.
   *[other] { $name } brought this goal back.
}

## Steps

history-step-added = { $who ->
    [you] You added a step.
   *[other] { $name } added a step.
}
history-step-text = { $who ->
    [you] You changed the words of a step.
   *[other] { $name } changed the words of a step.
}
history-step-moved = { $who ->
    [you] You moved a step.
   *[other] { $name } moved a step.
}
history-step-named = { $who ->
    [you] You changed who does a step.
   *[other] { $name } changed who does a step.
}
history-step-day = { $who ->
    [you] You changed the day of a step.
   *[other] { $name } changed the day of a step.
}
history-step-taken-out = { $who ->
    [you] You took a step out.
   *[other] { $name } took a step out.
}
# Said of a step that is put back to where it stood, too.
history-step-state-idea = { $who ->
    [you] You marked a step as an idea.
   *[other] { $name } marked a step as an idea.
}
history-step-state-planned = { $who ->
    [you] You marked a step as planned.
   *[other] { $name } marked a step as planned.
}
history-step-state-doing = { $who ->
    [you] You marked a step as begun.
   *[other] { $name } marked a step as begun.
}
history-step-state-done = { $who ->
    [you] You marked a step as done.
   *[other] { $name } marked a step as done.
}
history-step-state-changed = { $who ->
    [you] You marked a step as changed.
   *[other] { $name } marked a step as changed.
}
history-step-state-let-go = { $who ->
    [you] You marked a step as let go.
   *[other] { $name } marked a step as let go.
}
history-step-mark-gone = { $who ->
    [you] You took your mark off a step.
   *[other] { $name } took a mark off a step.
}

## Plans and parts

history-plan-made = { $who ->
    [you] You began this plan.
   *[other] { $name } began this plan.
}
history-plan-renamed = { $who ->
    [you] You changed the name of this plan.
   *[other] { $name } changed the name of this plan.
}
history-plan-trashed = { $who ->
    [you] You put this plan in the trash.
   *[other] { $name } put this plan in the trash.
}
history-plan-restored = { $who ->
    [you] You brought this plan back.
   *[other] { $name } brought this plan back.
}
history-plan-shared = { $who ->
    [you] You put this plan where { $other } can see it.
   *[other] { $name } put this plan where you can see it.
}
history-part-added = { $who ->
    [you] You added the part { $part }.
   *[other] { $name } added the part { $part }.
}
history-part-renamed = { $who ->
    [you] You changed the name of the part { $part }.
   *[other] { $name } changed the name of the part { $part }.
}
history-part-moved = { $who ->
    [you] You moved the part { $part }.
   *[other] { $name } moved the part { $part }.
}
history-part-taken-out = { $who ->
    [you] You took out the part { $part }.
   *[other] { $name } took out the part { $part }.
}
history-part-skipped = { $who ->
    [you] You left out { $part } for now.
   *[other] { $name } left out { $part } for now.
}
history-part-unskipped = { $who ->
    [you] You took { $part } in again.
   *[other] { $name } took { $part } in again.
}
history-part-owner-mine = { $who ->
    [you] You made { $part } yours.
   *[other] { $name } made { $part } yours.
}
history-part-owner-theirs = { $who ->
    [you] You gave { $part } to { $owner }.
   *[other] { $name } gave { $part } to { $owner }.
}
history-part-owner-alone = { $name } writes { $part } alone from now on.
history-part-owner-both = { $who ->
    [you] You opened { $part }, so that both write there.
   *[other] { $name } opened { $part }, so that both write there.
}
history-part-owner-each = { $who ->
    [you] You gave each of you a part of { $part }.
   *[other] { $name } gave each of you a part of { $part }.
}

## Lines

history-line-added = { $who ->
    [you] You added a line to { $part }.
   *[other] { $name } added a line to { $part }.
}
history-line-changed = { $who ->
    [you] You changed a line in { $part }.
   *[other] { $name } changed a line in { $part }.
}
history-line-changed-both = You and { $name } wrote in { $part }.
history-line-taken-out = { $who ->
    [you] You took a line out of { $part }.
   *[other] { $name } took a line out of { $part }.
}
history-line-back = { $who ->
    [you] You brought a line back to { $part }.
   *[other] { $name } brought a line back to { $part }.
}
history-line-moved = { $who ->
    [you] You moved a line in { $part }.
   *[other] { $name } moved a line in { $part }.
}

## Ideas and comments. `$of` says whose idea it was: `you` or `other` (`$author`).

history-idea-given = { $who ->
    [you] You gave an idea for { $part }.
   *[other] { $name } gave an idea for { $part }.
}
history-idea-taken-back = { $who ->
    [you] You took back an idea for { $part }.
   *[other] { $name } took back an idea for { $part }.
}
history-idea-back = { $who ->
    [you] You brought back an idea for { $part }.
   *[other] { $name } brought back an idea for { $part }.
}
history-idea-added = { $who ->
    [you] { $of ->
        [you] Your idea for { $part }. You added it.
       *[other] { $author }'s idea for { $part }. You added it.
    }
   *[other] { $of ->
        [you] Your idea for { $part }. { $name } added it.
       *[other] { $author }'s idea for { $part }. { $name } added it.
    }
}
history-idea-added-as = { $who ->
    [you] { $of ->
        [you] Your idea for { $part }. You added it in other words.
       *[other] { $author }'s idea for { $part }. You added it in other words.
    }
   *[other] { $of ->
        [you] Your idea for { $part }. { $name } added it in other words.
       *[other] { $author }'s idea for { $part }. { $name } added it in other words.
    }
}
history-idea-not-added = { $who ->
    [you] { $of ->
        [you] Your idea for { $part }. You chose not to add it.
       *[other] { $author }'s idea for { $part }. You chose not to add it.
    }
   *[other] { $of ->
        [you] Your idea for { $part }. { $name } chose not to add it.
       *[other] { $author }'s idea for { $part }. { $name } chose not to add it.
    }
}
history-idea-place-gone = An idea for { $part } lost its place.
history-comment-added = { $who ->
    [you] You added a comment.
   *[other] { $name } added a comment.
}
history-comment-changed = { $who ->
    [you] You changed a comment.
   *[other] { $name } changed a comment.
}

## People and phones

history-name-changed = { $who ->
    [you] You are called { $new } here from now on.
   *[other] { $name } is called { $new } here from now on.
}
history-copy-given = { $who ->
    [you] You gave a copy.
   *[other] { $name } gave a copy.
}
history-space-named = { $who ->
    [you] You call someone { $new } here from now on.
   *[other] { $name } calls someone { $new } here from now on.
}
history-pronouns-changed = { $who ->
    [you] You changed your pronouns.
   *[other] { $name } changed the pronouns to use.
}
history-member-paired = { $who ->
    [you] You joined.
   *[other] { $name } joined.
}
history-member-checked = You compared digits with { $name }.
history-member-left = { $who ->
    [you] You left.
   *[other] { $name } left.
}
history-phone-added = { $who ->
    [you] You added a phone.
   *[other] { $name } added a phone. Compare again when you meet.
}
history-phone-removed = { $who ->
    [you] You took a phone out.
   *[other] { $name } took a phone out.
}
history-came-back = { $who ->
    [you] You came back with your words.
   *[other] { $name } came back with 24 words.
}
history-kept-out = A change by { $name } was kept out.
history-from-removed-phone = From a phone that was taken out since.
history-other = { $who ->
    [you] You changed something.
   *[other] { $name } changed something.
}
