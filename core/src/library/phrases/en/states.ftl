# States, owners, audiences and actions: labels (at most 40 signs) and hints (at most 120). A hint takes no argument.

## Notes

state-note-active = Kept
    .hint = Only you can see this note.
state-note-trash = In the trash
    .hint = You can bring it back for a while.
trash-days = { $days ->
    [one] You can bring it back for 1 more day.
   *[other] You can bring it back for { $days } more days.
}

## Goals

state-goal-exploring = Exploring
    .hint = You are looking at what it could be. Nothing starts until you say so.
state-goal-active = Active
    .hint = You are moving towards this.
state-goal-resting = Resting
    .hint = Resting. Reminders stay quiet until you wake it.
state-goal-achieved = Reached
    .hint = You got where you wanted to be.
state-goal-celebrated = Celebrated
    .hint = You got there and marked it in your own way.
state-goal-set-aside = Set aside
    .hint = It stays in the story. You can take it up again on any day.

## Steps

state-step-idea = Idea
    .hint = A thought for now. It binds nobody.
state-step-planned = Planned
    .hint = You mean to do this. The day can move.
state-step-doing = Doing
    .hint = Begun.
state-step-done = Done
    .hint = Marked as done by the one it is named for.
state-step-changed = Changed
    .hint = It turned into something else. Both stay in the story of this goal.
state-step-let-go = Let go
    .hint = Let go. It stays in the story of this goal.

## Who does a step

step-who-me = me
step-who-you = you
step-who-name = { $name }
step-who-together = together
step-who-someone-else = someone else
step-who-only = { $name } marks this one.

## Ideas

state-idea-open = Open
    .hint = Decide any time, or leave it.
state-idea-added = Added
    .hint = It is in the part now, word for word.
state-idea-added-in-other-words = Added in other words
    .hint = The idea and the words it became are both kept.
state-idea-not-this = Not this
    .hint = It was not added. Nobody was asked why.
state-idea-taken-back = Taken back
    .hint = Whoever gave the idea took it back.
state-idea-place-gone = Its place is gone
    .hint = The line it was for has been taken out since.

## What becomes of ideas, in sentences

idea-for-part = { $name } has an idea for { $part }. Decide when you like.
idea-of = { $who ->
    [you] Your idea
   *[other] { $name }'s idea
}
idea-not-added = You chose not to add this. You do not need to say why.
idea-stale = Your words have changed since { $name } wrote this. Here is how it reads now.
idea-seen = { $name } will see what you chose, not why.
idea-number = Idea { $number } of { $all }
idea-add = add: { $text }
idea-change = change to: { $text }
idea-take-out = take out: { $text }
idea-move = move: { $text }
idea-why = Why: { $text }

## Agreements and plans

state-agreement-draft = Draft
    .hint = You can both still change the words.
state-agreement-offered = Waiting for a name
    .hint = You have signed. It starts when the same words bear both names.
state-agreement-in-force = In force
    .hint = You have both signed the same words.
state-agreement-replaced = Replaced
    .hint = Newer words are in force. These stay readable.
state-agreement-not-yet = Agreements come later
    .hint = This version of Belay has none yet. Nothing here stands in for one.
agreement-waits = You have signed. It starts when { $name } signs the same words.
agreement-ends-or-renews = Ends or renews { $date }.
agreement-signed-earlier = One part changed after you signed. Your name stays on the earlier words. Read what is new.

## People

state-member-active = Here
    .hint = You can both write and suggest.
state-member-not-checked = Not checked yet
    .hint = Compare the digits when you meet.
state-member-checked = Checked
    .hint = You have compared digits.
state-member-left = Left
    .hint = What was shared stays readable. Nothing new goes out.
state-member-put-out = This phone was removed
    .hint = What is here stays readable. Nothing new comes in.
state-member-paused = Paused
    .hint = You can read, and write for yourself. Nothing new goes out.
you = you
someone = someone
role-person = Person
role-supporter = Supporter
role-carer = Carer
role-lead = Lead
role-member = Member
phones-of = { $name } writes from { $count ->
    [one] 1 phone.
   *[other] { $count } phones.
}

## Who owns a part

owner-mine = Yours. { $name } can suggest.
owner-mine-alone = Yours.
owner-mine-many = Yours. The others can suggest.
owner-theirs = { $name }'s. You can suggest.
owner-theirs-ended = { $name }'s.
owner-both = Both write here.
owner-all-ended = You wrote here together.
owner-each = One part each.
owner-all = All of you write here.
owner-supporter-open = For a supporter, when there is one.

## Who can see

audience-only-me = Only you can see this.
audience-one = You and { $name } can see this.
audience-two = You, { $first } and { $second } can see this.
audience-three = You, { $first }, { $second } and { $third } can see this.
audience-more = { $count ->
    [one] You, { $first }, { $second }, { $third } and 1 more person can see this.
   *[other] You, { $first }, { $second }, { $third } and { $count } more people can see this.
}
audience-short-only-me = only you
audience-short-one = you, { $name }
audience-short-two = you, { $first }, { $second }
audience-short-more = { $count ->
    [one] you and 1 more
   *[other] you and { $count } more
}
audience-since = You shared it on { $date }.
audience-known = Words once read cannot be unread.
who-can-see = Who can see this: { $names }.

## Actions

action-edit = Change
action-add = Add it
action-add-as = Change
action-not-this = Not this
action-later = Later
action-suggest = Suggest
action-take-back = Take back
action-comment = Add a comment
action-share = Share a part
action-tag = Tags
action-pin = Pin
action-unpin = Unpin
action-trash = Put in the trash
action-restore = Bring back
action-undo = Undo
action-move = Move
action-take-out = Take out
action-rename = Change the name
action-skip = Leave out for now
action-unskip = Take in again
action-set-owner = Choose whose it is
action-add-line = Add a line
action-add-part = Add a part
action-add-step = Add a step
action-mark = Mark this step
action-rest = Let it rest
action-wake = Wake it
action-set-aside = Set it aside
action-let-go = Let go
action-read = Read
action-close = Close
action-exchange = Exchange now

## What was given

copy-from = { $who ->
    [you] From a note of yours.
   *[other] From a note of { $name }.
}
copy-from-whole = { $who ->
    [you] From a note of yours, all of it.
   *[other] From a note of { $name }, all of it.
}
copy-from-part = { $who ->
    [you] From a note of yours, a part of it.
   *[other] From a note of { $name }, a part of it.
}
state-copy-given = Given
    .hint = It stays as it was when it was given.
state-copy-taken-back = Taken back
    .hint = Its words are out of sight. That it was there, and when, stays.
copy-taken-back = { $who ->
    [you] You took it back.
   *[other] { $name } took it back.
}

## What was let go

forgotten-note = A note
forgotten-goal = A goal
forgotten-plan = A plan
forgotten-copy = A copy
forgotten-other = Something shared
state-forgotten-hidden = Out of sight
    .hint = No screen shows it. Its words leave this phone 30 days after it was let go.
state-forgotten-gone = Gone from this phone
    .hint = Its words are not on this phone. That it was there, and when, stays.
state-receipt-asked = Asked
    .hint = This phone has not said yet that it let go of it.
state-receipt-confirmed = Confirmed
    .hint = This phone said that it took this in.
state-receipt-unknown = Not known
    .hint = This phone has said nothing yet. A copy somewhere else would not be known here.

## What needs repair

state-document-needs-repair = Needs repair
    .hint = You can read it. Changes to it wait until it goes on in a new one.
repair-mine = You can read it. To write on, let what it says now go on in a new one.
repair-theirs = You can read it. The one it belongs to can let it go on in a new one.
repair-not-shown = Something that came here cannot be read. All else that came with it is here.

## What kind of thing

kind-note = Note
kind-goal = Goal
kind-step = Step
kind-plan = Plan
kind-part = Part
kind-line = Line
kind-idea = Idea
kind-comment = Comment
kind-copy = Copy
kind-agreement = Agreement
kind-person = Person
kind-draft = Draft

## What to know of an act, before or after

warning-lasting = This stays. It cannot be undone.
warning-stays-in-history = Others keep it in their history, also if you take it back.
warning-words-go = The words go from every phone that hears of it.
warning-others-words-stay = What others wrote in parts of their own does not come along.
warning-partly = Some of it was changed since. That stays as it is.

## Who wrote a line, and when

by-you = you, { $when }
by-name = { $name }, { $when }
by-both = you and { $name }, { $when }
by-you-more = { $count ->
    [one] you and 1 more, { $when }
   *[other] you and { $count } more, { $when }
}
by-name-more = { $count ->
    [one] { $name } and 1 more, { $when }
   *[other] { $name } and { $count } more, { $when }
}
