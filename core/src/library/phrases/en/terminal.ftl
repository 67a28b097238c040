# What only the terminal says: in no app, so every id begins with term-. What others say too is in screens.ftl.
# Words in a glossary (wording/rules.toml) may be used here and in the demo.

## Beginning

term-about = Belay keeps your notes and plans on this computer, and lets you share what you choose.
term-what-it-is-not = Nobody is watching this live. To reach a person now, call.
term-vault-made = Your vault is ready. Nothing has left this computer.
term-vault-there = There is a vault here already. Nothing was changed.
    .next = To make another one, name its folder:
term-vault-none = There is no vault in { $folder } yet.
    .next = Make one, or bring yours back from a copy:
term-words-first = Write these { $count } words on paper. They open your vault when the passphrase is lost.
term-words-second = If the passphrase and the words are both lost, there is no way in. We have none either.
term-words-third = Whoever finds the words can read all of it. Keep them apart from this computer.
term-words-understood = Type  understood  when you have written them down.
term-words-ask = Word number { $number }:
term-words-checked = The words are right.
term-words-differ = One of these words is another. Look at your paper again.
term-name-ask = What do you want to be called here?
term-passphrase-new = Choose a passphrase of 8 signs or more:
term-passphrase-again = Type it once more:
term-passphrase-differs = The two were not the same. Try again.
term-passphrase-later = No passphrase was chosen. Nothing was made or changed.
    .next = Take your time. Four or five words together work well. Then run it again.
term-passphrase-ask = Your passphrase:
term-passphrase-nowhere = There is nobody here to ask for the passphrase.
    .next = Name a file with --passphrase-file, or set this variable:
term-passphrase-new-nowhere = There is nobody here to ask for the new passphrase.
    .next = Name a file with it:
term-folder-none = This computer names no folder of yours, so Belay does not know where your vault lies.
    .next = Name its folder:
term-passphrase-same = This is the passphrase you have already. Nothing was changed.
    .next = To choose another one:
term-passphrase-changed = The new passphrase opens it from now on. The old one does not.
term-words-recovery-ask = The words on your paper, with a space between them:
term-words-nowhere = There is nobody here to ask for the words.
    .next = Run the same command in a terminal.
term-words-untested = Your vault is ready. The words were not typed back as they are.
    .next = Look at your paper, then type all of them:
term-words-other = These are not the words of this vault.
    .next = Look at your paper again, then type all of them:
term-notice-nowhere = There is something to read first, and nobody here to read it.
    .next = Keep something in a terminal, such as  belay note add. Then type  understood.
term-notice-later = Your vault is there. The words were not marked as written down.
    .next = They were shown this once. When you next keep something in a terminal, type  understood  there.
term-notice-anew = If they are on no paper, nothing is lost: this vault is empty. It can go, and a new one shows new words:
term-words-not-marked = Your words are not marked as written down. Belay asks for this before it keeps anything.
term-words-draft = { $count ->
    [one] If they are on no paper, copy the draft that lies here first. Then this vault can go, and a new one shows new words:
   *[other] If they are on no paper, copy the { $count } drafts here first. Then this vault can go, and a new one shows new words:
}
term-words-slip-count = { $count ->
    [one] This is 1 word. A paper has 12 or 24.
   *[other] These are { $count } words. A paper has 12 or 24.
}
term-words-slip-place = { $count ->
    [one] Word number { $places } is not in the list of words. Look at it on your paper.
   *[other] Words number { $places } are not in the list of words. Look at them on your paper.
}
term-words-slip-together = These words do not fit together. One may be another, or two may have changed places.
term-words-closed = These words did not open it. Nothing is lost.
    .next = Look at your paper again, and type all of them in their order.
term-text-other-signs = These signs are written in another way than Belay reads. Nothing was kept.
    .next = The program it came from can save it another way. For one of older Windows this does too:
term-open = Open.
term-closed = Closed.
term-next-try = The next try opens at { $time }. Nothing is lost.
term-erased = The vault is gone from this computer.
term-erase-name = This takes everything away from this computer, so it wants to be named.
    .next = Give the name of the folder your vault lies in:
term-erase-goes = This vault goes from this computer, with all that is in it: { $folder }
term-erase-back = Nothing brings it back but a copy made before, with the words on your paper.
term-erase-ask = To let it go, type the name { $name } here. Anything else changes nothing:
term-erase-not-yet = Nothing is gone yet.
    .next = To let it go from this computer, type this:
term-share-ask = To give it, type { $signs } here. Anything else leaves it:
term-share-other = What would go has other signs than these. They were typed another way, or the words have changed.
    .next = Read it once more:
term-share-not-yet = Nothing was given yet.
    .next = To give it, type this:
term-share-would = You and { $name } could then see it.
term-share-before = { $name } was given these words before. Nothing was given twice.
    .next = To read the copy:
term-share-back-before = You took this copy back before. Nothing was changed.
    .next = To see what became of it:
term-share-given = The copy is ready for { $name }. Later changes to your note stay with you.
term-share-taken-back = Taken back here. Each phone that hears of it drops its words after 30 days.
term-note-given = A copy of this, or of a part of it, was given:  { $command }
term-shared-none = No copy was given, by you or to you.
term-forget-all = Let go. No screen here shows it now. Its words leave each phone 30 days after it heard.
term-forget-past = Let go. What it says now goes on in a new one.
term-forget-ends = This takes it off every screen that hears of it. It cannot be undone.
term-forget-ends-past = What it says now stays, in a new one. Its past goes, and that cannot be undone.
term-forget-days = Its words leave each phone 30 days after it heard. No command brings these back.
term-forget-draft = Words for it that are not kept yet go too:  { $command }
term-forget-or-trash = To lay it aside for now instead: { $command }
term-forget-ask = To let it go, type { $id } here. Anything else leaves it:
term-forget-not-yet = Nothing was let go yet.
    .next = To let it go, type this:
term-let-go = This was let go. It is on no screen here.
    .next = To see what each phone says of it:
term-forgotten-none = Nothing was let go.
term-forgotten-days = { $days ->
    [one] Out of sight. Its words leave this computer in 1 day.
   *[other] Out of sight. Its words leave this computer in { $days } days.
}
term-forgotten-kept = { $count ->
    [one] 1 change of yours was not copied. It stays here until you let it go.
   *[other] { $count } changes of yours were not copied. They stay here until you let them go.
}
term-let-go-ask = Nothing brings these words back here. Type { $id } to let go of them. Anything else changes nothing:
term-let-go-not-yet = Nothing was let go yet.
    .next = To let go of what this shows, type this:
term-forgotten-let-go = Let go on this computer too.
term-leave-ends = This ends what you and { $name } share here, for good. It cannot be undone.
term-leave-stays = You both keep what is here, to be read. Neither of you can change it any more.
term-leave-copies = A copy that { $name } has stays with { $name }. You cannot ask for it back any more.
term-leave-go-on = These are yours. Each can go on for you alone, as a new one:
term-leave-will-take-back = { $count ->
    [one] 1 copy may not have come to { $name } yet. It is taken back first.
   *[other] { $count } copies may not have come to { $name } yet. These are taken back first.
}
term-leave-will-give = { $count ->
    [one] 1 copy may not have come to { $name } yet. It goes along.
   *[other] { $count } copies may not have come to { $name } yet. These go along.
}
term-leave-ask = To leave, type { $name } here. Anything else changes nothing:
term-leave-not-yet = Nothing has ended yet.
    .next = To leave, type this:
term-left-before = This has ended already. What is here stays, to be read.
    .next = To see it, and what goes on:
term-left-go-on = { $title } can go on for you alone: { $command }
term-ended = This has ended. It stays here, to be read.
    .next = To read it:
term-ended-mine = This has ended. It stays here, to be read. It can go on for you alone.
term-ended-went-on = This has ended. It stays here, to be read. You went on alone in a new one.
    .next = To see the new one:
term-row-ended = { $audience }; ended
term-went-on = It goes on as { $id }. Only you can see that one. The older one stays, to be read.
term-went-on-before = You went on alone with this before.
    .next = To see the new one:
term-goes-on-here = This has not ended. You can write on in it.
    .next = To see it:
term-not-to-go-on = Only whoever began this can go on with it.
    .next = What it says stays here, to be read:
term-leave-takes-back = { $count ->
    [one] 1 copy may not have come to { $name } yet. It was taken back before you left.
   *[other] { $count } copies may not have come to { $name } yet. These were taken back before you left.
}
term-leave-gives = { $count ->
    [one] 1 copy may not have come to { $name } yet. It goes along with your next file.
   *[other] { $count } copies may not have come to { $name } yet. These go along with your next file.
}
term-left = You have left. What you and { $name } gave each other stays on both your phones.
term-left-not-heard = { $name } may not have heard of it yet.
term-left-by = { $name } has left. What you gave each other stays on this computer.
term-left-mine = You have left. What you gave each other stays on this computer.
term-left-no-phone = No phone of { $name } counts here any more, so no file can tell { $name } of it.
term-left-tell = { $name } hears of it with your next file.
term-leave-same-name = { $count ->
    [one] { $known ->
        [yes] 1 other person here has this name too. This one is { $paired }. Nothing has ended.
       *[no] 1 other person here has this name too. Nothing has ended.
    }
   *[other] { $known ->
        [yes] { $count } others here have this name too. This one is { $paired }. Nothing has ended.
       *[no] { $count } others here have this name too. Nothing has ended.
    }
}
    .next = To leave this one, first give a name of its own, then leave by that:
term-leave-name = Leaving is for good, so it wants the whole name.
    .next = Give it as you call them:
term-purge-goes = Each phone that hears of it drops these words at once, not after 30 days. It cannot be undone.
term-purge-ask = To ask for that, type { $id } here. Anything else changes nothing:
term-purge-not-yet = Nothing was asked for yet.
    .next = To ask each phone to drop the words, type this:
term-purged = Asked. Each phone drops the words when it hears of it, and then says so.
term-stopped = Stopped. Nothing was changed.
term-seen-nearly = The name is written { $name }, capital letters and all.
term-nothing-done = Nothing to do.
term-words-not-tested = Your words have not been asked back yet.
term-file-none = There is no such file.
    .next = Look at its name and where it lies.
term-file-folder = This is a folder. Nothing was taken in.
    .next = Name one of the files in it.
    .bundles = These in it look like bundles:
term-write-here = Write here. End with Ctrl-D on a line of its own.
term-paste-here = Paste it here. End with Ctrl-D on a line of its own.
term-file-there = There is something of that name already. Nothing was written.
    .next = Choose another name.
term-file-again = { $file } is here from before, with the same in it. Carry that one.
term-file-newest = Others of that name stay as they are. { $file } is the newest.
term-file-closed = Belay cannot read this file.
    .next = Look at who may read it.
term-file-no-bundle = Belay cannot read this as a bundle. Nothing was taken in.
    .next = Ask for it again. A file of a pairing goes here:
term-file-no-invitation = Belay cannot read this as an invitation. Nothing was taken in.
    .next = Ask for it again. Another kind of file goes here:
term-file-no-reply = Belay cannot read this as a file that came back. Nothing was taken in.
    .next = Ask for it again. Another kind of file goes here:
term-file-invites = This is an invitation. Nothing was taken in.
    .next = The one who was invited answers it:
term-invitation-own = This is an invitation of your own.
    .next = Carry it to the one you invite.
term-number-none = Nothing here has this number.
    .next = Look at the numbers, then choose one of them.
term-choice-none = { $count ->
    [one] There is 1 way to say it in this idea.
   *[other] There are { $count } ways to say it in this idea.
}
    .next = Look at them, then choose one by its number:
term-time-bounds = An invitation works from one hour to 14 days.
    .next = Choose a time between them:
term-editor-none = There is no editor to open.
    .next = Give the words with the command, or choose an editor. One that is often there:
term-editor-missing = This computer has no editor called { $editor }. Nothing was changed.
    .next = Choose another one. One that is often there:
term-draft-no-editor = There is no editor to go on with it.
    .next = Keep it as it is, or choose an editor. One that is often there:
term-store-gone = The file with your words is not in this folder. Nothing was changed.
    .next = Look whether it was moved, and put it back. A copy brings your words back in another folder:
term-typed-cut = One line was so long that its end may be gone.
    .next = Press Enter now and then, or choose an editor. One that is often there:

## What was typed

term-usage-unknown = Belay does not know this way to write it.
    .next = It goes like this:
term-usage-dash = Belay does not know this way to write it. Words that begin with a dash go behind two dashes.
    .next = It goes like this:
term-usage-command = Belay knows no command of this name.
    .next = To see them all:
term-usage-missing = Something is not there yet.
    .next = It goes like this:
term-usage-value = One of these values does not fit here.
    .next = It goes like this:
term-usage-together = Two of these do not go together.
    .next = It goes like this:
term-id-short = { $count ->
    [one] So few signs fit by chance. This could be { $ids }.
   *[other] So few signs fit by chance. This could be one of { $count }: { $ids }.
}
    .next = Type four signs or more of the one you mean.
term-person-other = Nobody here has this name. You share with { $names }.
    .next = To see who is here:
term-person-none = You share with nobody yet.
    .next = How to begin with someone:
term-several-fit = More than one has this name: { $ids }.
    .next = Type more of the one you mean.

## What is here

term-count-notes = { $count ->
    [0] No notes.
    [one] 1 note.
   *[other] { $count } notes.
}
term-count-goals = { $count ->
    [0] No goals.
    [one] 1 goal.
   *[other] { $count } goals.
}
term-count-plans = { $count ->
    [0] No plans.
    [one] 1 plan.
   *[other] { $count } plans.
}
term-count-ideas = { $count ->
    [0] No ideas are waiting.
    [one] 1 idea waits for you.
   *[other] { $count } ideas wait for you.
}
term-my-role = Your role: { $role }
term-before = before
term-after = after

## Notes

term-note-kept = Kept on this computer as { $id }.
term-note-changed = Kept, { $when }.
term-note-same = The words are the same. Nothing was changed.
term-note-trashed = In the trash. You can bring { $id } back.
term-note-restored = { $id } is back.
term-note-pinned = { $id } stays on top.
term-note-unpinned = { $id } lies among the others again.
term-pinned = (on top)
term-tags = Tags: { $tags }
term-tag-added = { $id } has the tag { $tag }.
term-tag-removed = { $id } has the tag { $tag } no more.
term-tag-there = { $id } has the tag { $tag } already.
    .next = To see its tags:
term-tag-none = { $id } has no tag { $tag }. Nothing was changed.
    .next = To see its tags:
term-note-emptied = This would take all its words out of the note. Nothing was changed.
    .next = To lay the note aside, so that you can bring it back; or to keep it without words:
term-notes-none = Nothing here yet. What you write stays on this computer until you share it.
term-notes-none-tagged = No note has this tag.
term-trash-none = The trash is empty.
term-note-not-in-trash = This note is not in the trash. Nothing was changed.
    .next = To read it:
term-drafts-none = Nothing waits to be gone on with.
term-draft-alone = what it was for is not here
term-draft-for = Written as { $what }.
term-draft-for-line = a line for { $part }, { $title }
term-draft-for-step = a step for { $title }
term-draft-for-note = a change to a note
term-draft-for-change = a change to { $title }
term-draft-for-comment = a comment on { $title }
term-draft-for-idea = an idea for { $title }
term-draft-for-lines = the lines of { $part }, { $title }
term-draft-lines-left = Lines that the draft does not name stay in { $part }.
term-draft-lines-changed = The lines of { $part } have changed since. The draft stays as it is.
    .next = Read both, then write the lines anew:
term-draft-line-added = Added to { $part }, { $title }.
term-draft-step-added = Added to { $title } as { $id }.
term-draft-now-a-note = What this was for is not here any more. It is a note now.
term-draft-not-yet = Nothing is gone yet.
    .next = To let go of these words, type this:
term-drafts-wait = { $count ->
    [one] 1 draft waits to be gone on with:  belay draft list
   *[other] { $count } drafts wait to be gone on with:  belay draft list
}
term-draft-discard-ask = Nothing brings these words back. Type { $number } to let them go. Anything else keeps them:
term-draft-gone = Gone. What it was for reads as before.
term-draft-kept = { $count ->
    [one] What you wrote is not lost: it is kept as a draft.
   *[other] What you wrote is not lost: it is kept as { $count } drafts, one after the other.
}
term-draft-not-kept = What you wrote could not be kept. Here it is once more, so that you can copy it:
term-draft-idea = This was meant as an idea. It stays a draft.
    .next = Read it, then give it as an idea:
term-notes-count = { $count ->
    [one] 1 note.
   *[other] { $count } notes, newest first.
}
term-search-count = { $count ->
    [0] No note has these words. Try fewer letters.
    [one] 1 note.
   *[other] { $count } notes, newest first.
}
term-search-found = { $count ->
    [one] 1 found.
   *[other] { $count } found, newest first.
}
term-search-found-best = { $count ->
    [one] 1 found.
   *[other] { $count } found, best first.
}
term-search-none = Nothing has these words. Try fewer letters.
term-search-in-trash = { $count ->
    [one] One in the trash has them. To see it:
   *[other] { $count } in the trash have them. To see them:
}
term-search-empty = There are no words to look for yet.
    .next = It goes like this:
term-search-locked = { $count ->
    [one] 1 note has its own lock. Its words were left alone.
   *[other] { $count } notes have their own lock. Their words were left alone.
}
term-search-inside = { $name }: { $text }
term-more = There is more. Go on with:
term-undone = Undone.
term-undone-what = { $id }  { $text }
term-undone-partly = Undone, but for what was changed since. That stays as it is.
term-redone = Put back, as it was before you undid it.
term-redone-partly = Put back, but for what was changed since. That stays as it is.
term-undo-again = To put it back: { $command }
term-redo-again = To undo it again: { $command }
term-undo-names = a name
term-undo-none = { $what ->
    [nothing] Nothing was done here yet that can be undone.
    [plan-begun] You began a plan or a part of one last. That cannot be undone.
    [said] You said something to others last. That cannot be undone.
    [adopted] You took a change over last. That cannot be undone.
    [let-go] You let something go last. That cannot be undone.
    [given] You gave a copy last. That cannot be undone, but you can take it back.
    [copy-taken-back] You took a copy back last. That cannot be undone.
    [went-on] You went on alone with something last. That cannot be undone.
    [named] You said your name last. Before it there was none, so that cannot be undone.
    [people] Something about people or phones came last. That cannot be undone.
    [carried] A file went out or came in last. That cannot be undone.
    [vault] Something about your vault came last. That cannot be undone.
    [not-done] What you asked for last was not done, so there is nothing of it to undo.
   *[other] What was done last here cannot be undone.
}
term-undo-then = { $what ->
    [plan-begun] Before that you began a plan or a part of one.
    [said] Before that you said something to others.
    [adopted] Before that you took a change over.
    [let-go] Before that you let something go.
    [given] { $name ->
        [none] Before that you gave a copy.
       *[other] Before that you gave { $name } a copy.
    }
    [copy-taken-back] Before that you took a copy back.
    [went-on] Before that you went on alone with something.
    [named] Before that you said your name.
   *[other] Before that came something that cannot be undone here.
}
term-undo-way = { $way ->
    [wrote] Before that you wrote { $before }.
    [began] Before that you began { $before }.
    [taken-back] Before that you took something back, about { $before }.
   *[changed] Before that you changed { $before }.
}
term-undo-next = { $copy ->
    [yes] { $way ->
        [wrote] To take the copy back, or to lay { $before } in the trash:
        [began] To take the copy back, or to set { $before } aside:
        [taken-back] To take the copy back, or to put the other back:
        [none] To take the copy back:
       *[changed] To take the copy back, or to undo the change:
    }
   *[no] { $way ->
        [wrote] To lay it in the trash:
        [began] To set it aside:
        [taken-back] To put that back:
       *[changed] To undo that:
    }
}
term-undo-changed = This was changed since by someone else, so it stays as it is.
    .next = To see what came:
term-undone-step = { $was ->
    [idea] { $text } is not marked as an idea any more.
    [planned] { $text } is not marked as planned any more.
    [doing] { $text } is not marked as begun any more.
    [done] { $text } is not marked as done any more.
    [changed] { $text } is not marked as changed any more.
   *[let-go] { $text } is not marked as let go any more.
}
term-undone-step-now = { $now ->
    [idea] It is an idea again.
    [planned] It is planned again.
    [doing] It is begun again.
    [done] It is done again.
    [changed] It is changed again.
   *[let-go] It is let go again.
}
term-undone-goal = { $now ->
    [exploring] It is being explored again.
    [active] It is taken up again.
    [resting] It rests again.
    [achieved] It is reached again.
    [celebrated] It is celebrated again.
   *[set-aside] It is set aside.
}
term-undone-note = { $now ->
    [pinned] It stays on top again.
    [unpinned] It lies among the others again.
   *[restored] It is out of the trash again.
}
term-undone-name-mine = { $from ->
    [none] You are called { $now } again.
   *[other] You are called { $now } again, not { $was }.
}
term-undone-name-of = Here this person is called { $now } again, not { $was }.
term-undone-name-with = { $to ->
    [none] With { $name } no name of yours is said again. It was { $was }.
   *[other] { $from ->
        [none] With { $name } you are called { $now } again.
       *[other] With { $name } you are called { $now } again, not { $was }.
    }
}
term-unchanged-step = { $stage ->
    [idea] Nothing changed: it is an idea already.
    [planned] Nothing changed: it is planned already.
    [doing] Nothing changed: it is begun already.
    [done] Nothing changed: it is done already.
    [changed] Nothing changed: it is marked as changed already.
   *[let-go] Nothing changed: it is let go already.
}
term-unchanged-goal = { $stage ->
    [exploring] Nothing changed: it is being explored already.
    [active] Nothing changed: it is taken up already.
    [resting] Nothing changed: it rests already.
    [achieved] Nothing changed: it is reached already.
    [celebrated] Nothing changed: this joy is marked already.
   *[set-aside] Nothing changed: it is set aside already.
}
term-unchanged-pinned = Nothing changed: { $id } stays on top already.
term-unchanged-unpinned = Nothing changed: { $id } is not on top.
term-unchanged-place = Nothing changed: it stands there already.
term-unchanged-skipped = Nothing changed: { $part } is left out already.
term-unchanged-unskipped = Nothing changed: { $part } is taken in already.
term-unchanged-name = Nothing changed: { $name } is the name already.
term-behind-itself = Nothing stands behind itself. Nothing was changed.
    .next = Look at the numbers, then choose another one:
term-undo-instead = You can look at what is here:
term-several = { $name } could be any of these:

## Goals and plans

term-goal-made = Begun as { $id }.
term-goal-changed = Changed.
term-step-added = Added as { $id }.
term-step-marked = Marked.
term-plan-made = { $plan } begun as { $id }.
term-line-added = Added to { $part }.
term-line-changed = Changed in { $part }.
term-line-taken-out = Taken out of { $part }.
term-part-added = { $part } added to { $plan }.
term-part-owner = From now on { $part } is written as you chose.
term-owner-takes = { $count ->
    [one] 1 line of { $name } in { $part } would then be yours to change:
   *[other] { $count } lines of { $name } in { $part } would then be yours to change:
}
term-owner-hears = { $name } hears of it, and can only suggest there from then on.
term-owner-ask = To change it, type { $name } here. Anything else changes nothing:
term-owner-not-yet = Nothing was changed yet.
    .next = To write there alone from now on, type this:
term-part-unskipped = { $part } is taken in again.
term-line-over = { $id }, written where this part lay before
term-line-crossed = This line was taken out while it was written anew.
term-line-left = Left where it is.
term-back = To bring it back:  { $command }
term-part-skipped = { $part } is left out for now.
term-field-empty = { $field }: empty now.
term-field-emptied = { $field }: only blanks would be there. Nothing was changed.
    .next = To empty it, type this:
term-goals-none = No goals yet.
term-plans-none = No plans yet.

## Ideas

term-idea-row = { $name }'s idea { $id }, no hurry
term-idea-mine-row = Your idea { $id } waits for { $name }
term-idea-mine-open = Your idea { $id }
term-idea-kept = Kept as { $id }. { $name } sees it after the next exchange.
term-idea-added = Added to { $part }, word for word. Whose idea it was is kept.
term-idea-added-as = Added to { $part } in your words. { $name }'s idea and your choice are both kept.
term-idea-not-added = Not added. { $name } sees what you chose, not why.
term-idea-taken-back = Taken back.
term-idea-over = { $what ->
    [taken-back] This idea was taken back before. Nothing was changed.
   *[decided] This idea was decided on before. Nothing was changed.
}
    .next = To see what became of it:
term-ideas-none = No ideas are waiting for you.
term-comment-alone = Only you can see this, so nobody would read a comment.
    .next = Write in it yourself, or begin a plan with someone.
term-comment-kept = Comment kept.

## People and pairing

term-people-none = Nobody yet. Belay works on its own too.
term-invite-written = { $file } is written. It works once, { $until }.
term-invite-next = Bring it to { $name }, who runs this with your name:
term-reply-written = { $file } is written. Carry it back to { $name }.
term-completion-written = { $file } is written. Carry it to { $name }.
term-digits-mine = Read this out to { $name }:  { $digits }
term-digits-ask = Type what { $name } reads out:
term-digits-once = Digits that differ end this pairing. Nothing counts before you have looked at what you typed.
term-digits-look = You typed { $digits }. Press Enter if { $name } read out the same, or type it once more:
term-digits-own = These are the digits on your own screen. Nothing was counted.
    .next = Type those that are read out to you.
term-digits-form = Six digits, please.
term-digits-same = The same. { $name } is checked from today.
term-digits-differ = The digits are not the same. Nothing was shared. Begin again with a new invitation.
term-pair-words = Tell these words to { $name }, apart from the file:
term-pair-words-ask = The words you were told, with a space between them:
term-pair-words-other = These are not the words of an invitation.
    .next = Ask to hear them again, and type all of them in their order.
term-digits-theirs = Whether { $name } has typed yours is known here once a file comes from there.
term-unheard = Nothing has come from { $name } yet. Whether your digits were typed there is not known here.
term-unheard-long = Nothing has come from { $name } since you paired. With other digits it has ended there: ask, and pair again if so.
term-pair-given-up-invitation = Your invitation for { $name }, good { $until }, is given up. Nothing was shared.
term-pair-given-up-answer = Your answer to the invitation of { $name } is given up. Nothing was shared.
term-pair-given-up-digits = The pairing with { $name } is given up before its digits were typed. Nothing was shared.
term-pair-there = You share with { $name } already: { $ids }. This would be a second place with that name.
term-pair-there-open = A pairing with { $name } waits already. This is another one.
term-pair-done-here = Done here. Nothing has come from there yet.
term-pair-several = More than one pairing could be meant: { $names }.
    .next = Say with whom:
term-pair-none = No pairing is at that step.
    .next = Look at where each one stands:
term-pair-not-done = This pairing is not done yet.
    .next = Read your digits to each other and type them:
term-pair-invited = The invitation is out.
term-pair-replied = The answer is out.
term-pair-digits = Read your digits to each other.
term-pair-done = Done.
term-pair-ended = Ended. Nothing was shared.
term-same-name = { $known ->
    [yes] Someone else has this name too. This one is { $id }, { $paired }.
   *[no] Someone else has this name too. This one is { $id }.
}
term-paired = paired { $when }
term-id-beside = { $id } ({ $text })
term-name-twice = Someone else here is called { $name } too: { $ids }. Another name would set one apart.
term-checked-on = checked { $date }
term-phones = { $count ->
    [one] 1 phone
   *[other] { $count } phones
}
term-name-mine = You are called { $name }.
term-name-none = You have said no name yet.
term-name-with = With { $name }: { $mine }
term-name-with-none = With { $name }: no name said yet
term-renamed = You are called { $name } here now.
term-nicknamed = Here this person is called { $name }. Nobody else sees that name.

## Carrying

term-waiting-to-go = { $count ->
    [0] Nothing is waiting to go to { $name }.
    [one] Waiting to go to { $name }: 1 change.
   *[other] Waiting to go to { $name }: { $count } changes.
}
term-next = Next:  { $command }
term-bundle-written = { $file } is written ({ $size }). Only { $name } can open it.
term-bundle-written-mine = { $file } is written ({ $size }). Only your own other phones can open it.
term-file-mine = mine
term-no-other-phone = None of your other phones has been heard of here.
    .next = A phone that came back from a copy writes first; its bundle tells this one of it.
term-bundle-from = From { $name }:
term-bundle-from-mine = From your other phone:
term-bundle-too-early = This came before you typed the digits of { $name }.
    .next = Type them, then ask for it again.
term-bundle-too-early-someone = This came before you typed the digits of the one who made it.
term-bundle-nothing-new = Nothing new in it.
term-put-out = This phone was removed there. What it writes is kept out until it begins again.
term-bundle-own = This is a file you wrote yourself. It brings nothing new.
    .next = Carry it to the one it is for.
term-bundle-closed = This file is closed to this phone: made for another, maybe by yourself, or before a new lock. Nothing was taken in.
    .next = If you made it, carry it to the one it is for. If not, ask for a new one.
term-bundle-closed-out = This file is closed to this phone. In one place or more this phone was removed. Nothing was taken in.
    .next = It can begin again with the words on your paper. Then ask for a new file:
term-bundle-not-for-you = This was made for someone else, or for this phone before it got a new lock.
term-brought-ideas = { $count ->
    [one] 1 idea. To see it:  belay ideas
   *[other] { $count } ideas. To see them:  belay ideas
}
term-brought-decisions = { $count ->
    [one] 1 decision
   *[other] { $count } decisions
}
term-brought-edits = { $count ->
    [one] 1 edit in { $part }
   *[other] { $count } edits in { $part }
}
term-brought-comments = { $count ->
    [one] 1 comment
   *[other] { $count } comments
}
term-brought-copies = { $count ->
    [one] 1 copy. To read it:  belay shared
   *[other] { $count } copies. To read them:  belay shared
}
term-brought-let-go = { $count ->
    [one] 1 thing was let go. To see it:  belay forgotten
   *[other] { $count } things were let go. To see them:  belay forgotten
}
term-brought-receipts = Word of what was let go. To see it:  belay forgotten
term-brought-changes = { $count ->
    [one] 1 change
   *[other] { $count } changes
}
term-not-taken-in = { $count ->
    [one] 1 part could not be taken in. The rest is here. Ask { $name } to send all again.
   *[other] { $count } parts could not be taken in. The rest is here. Ask { $name } to send all again.
}
term-not-taken-in-mine = { $count ->
    [one] 1 part could not be taken in. The rest is here. Make the file once more with --everything.
   *[other] { $count } parts could not be taken in. The rest is here. Make the file once more with --everything.
}
term-taken-in = Pieces taken in: { $taken }. Here already: { $already }.
term-kept-out = Kept out { $count }. To see why:  belay history --kept-out
term-kept-out-says = words
term-put-in = It is in now. The others see it with your next bundle.
term-waiting-in = { $count ->
    [one] 1 change waits for something that comes before it.
   *[other] { $count } changes wait for something that comes before them.
}
term-same-words = You and { $name } held the same words then.
term-not-yet-same = { $name } does not hold all of yours yet. Carry a bundle back.
term-sealed-to-earlier = One part was closed for another phone, or for an earlier lock of this one. If words are not here, { $name } can send all again.
term-card-old = It is over 60 days since { $name } was last heard from. It may not open there.

## Looking after it

term-backup-written = A copy is in { $file }, read from end to end. It opens with the words on your paper.
term-backup-back = To bring it back one day:  { $command }
term-backup-taken = There is something in this folder already. Nothing was written.
    .next = Choose an empty one, or one that is not there yet:
term-backup-itself = This is the folder of your vault. Nothing was written.
    .next = Choose another one, best on another disk:
term-backup-whole = This copy is whole. It was read from end to end, and nothing in it was changed.
term-backup-made-on = It was made on { $when }.
term-backup-half = One of its two first pages is gone. It opens all the same. It is time for a new one.
term-copy-none = There is no copy in this folder. Nothing was changed.
    .next = Look at where you keep it:
term-copy-open = This folder is in use. Nothing was changed.
    .next = Close Belay there, then try again:
term-copy-vault = This folder holds a vault that is in use, not a copy. Nothing was changed.
    .next = Open it where it lies:
term-copy-words = These words do not open this copy. Nothing was changed.
    .next = Look at your paper again, then type all of them:
term-copy-damaged = This copy is damaged and cannot be read. Nothing was changed.
    .next = Leave it as it is. If you have another copy, take that one:
term-restored = Your vault is here again, as it was when the copy was made.
term-restored-read = In one place or more you can read here and not write. Your words lead back.
term-restored-old = If the phone it came from is lost, you can remove it:  belay phones list
term-restored-later = What came after that is with the others. Carry a bundle each way to have it here.
term-check-good = Everything in this vault reads as it was written.
term-check-bad = Something in this vault does not read as it was written. Nothing was changed.
    .next = A copy of your vault brings it back in another folder:
term-mended = { $count ->
    [one] 1 page was damaged. Your vault is whole again.
   *[other] { $count } pages were damaged. Your vault is whole again.
}
term-phone-this = this phone
term-phone-out = no longer counts
term-phone-this-out = this phone, taken out
term-out-mine = Another of your phones took this one out. What is changed here is kept out there.
term-out-mine-back = This phone can begin again with the words on your paper.
term-out-mine-file = Another of your phones took this one out. Nothing goes from here to them.
    .next = This phone can begin again with the words on your paper:
term-phones-reset-ends = These other phones of yours no longer count after it:
term-phones-reset-keep = To keep one of them:  { $command }
term-phones-reset-ask = To begin again without them, type { $id }. Anything else changes nothing:
term-phones-reset-not-yet = Nothing was changed yet.
    .next = To begin again without these phones, type this:
term-phone-both = someone gave it two locks
term-phone-of = One of { $name }'s phones
term-phone-mine = One of your phones
term-phone-here = This is the phone you hold. Nothing was changed.
    .next = To give it a new lock:
term-phone-gone = This phone no longer counts already. Nothing was changed.
    .next = To see them all:
term-phone-goes-mine = { $id } is one of your own phones.
term-phone-goes-of = { $id } is one of { $name }'s phones.
term-phone-goes-only = { $id } is { $name }'s only phone here.
term-phone-goes-later = What it writes from then on is kept out.
term-phone-goes-all = Nothing that { $name } writes comes in from then on, until { $name } begins again with the words on paper.
term-phone-ask-id = To remove it, type { $asked } here. Anything else changes nothing:
term-phone-ask-name = To remove it, type the name { $asked } here. Anything else changes nothing:
term-phone-not-yet = Nothing was removed yet.
    .next = To remove it, type this:
term-phone-removed = Removed. What it writes from now on is kept out. The others hear of it with your next bundle.
term-phone-renewed = This phone has a new lock. The one before it is still in your list.
term-phone-next = When you have what it wrote, you can remove it.
term-put-out-back = This phone can begin again with the words on your paper.
term-phones-reset = Begun again with your words. Phones you did not keep no longer count.
term-phones-refused = One space or more was left as it is.
term-size = { $rows ->
    [one] 1 row, { $size }
   *[other] { $rows } rows, { $size }
}
term-kib = { $count } KiB
term-mib = { $count } MiB
