# What is so, and with `.next` what is possible. At most 160 signs. `.exact` says it with the numbers.

## What was given

error-empty = There are no words here yet.
    .next = Write something, or leave it for now.
error-too-long = This is longer than fits here. Nothing was cut.
    .next = Take some words out, or put them in a note.
    .exact = This has { $actual } signs. { $max } fit here. Nothing was cut.
    .body-next = Make two notes of it, or more.
    .short-next = Take some words out.
error-too-many = There are more than fit here.
    .next = Take one out first, or leave some for another place.
    .exact = These are { $actual }. { $max } fit here.
error-too-big = This is too big to send in one piece.
    .next = Split it into smaller parts.
    .exact = This is too big. { $max } is the most that fits.
error-invalid-text = One sign in this text cannot be kept here.
    .next = Take it out, or type the words again.
    .exact = The sign at place { $actual } cannot be kept here.
error-out-of-range = That is outside what fits here.
    .next = Choose something that fits.
    .exact = That is { $actual }. The most that fits here is { $max }.
error-range-invalid = That part is not in this text.
    .next = Choose some of the words that are there.
error-invalid-date = Belay cannot read this as a day.
    .next = Write the year, the month and the day, like 2026-11-22.
error-in-future = That day has not come yet.
    .next = Choose today or an earlier day.
error-unknown-zone = That time zone is not known here.
    .next = Write it like Europe/Lisbon.
error-unknown-language = Belay does not speak that language yet.
    .next = Choose one from the list. Your own words can be in any language.
error-duplicate = This is here already.
    .next = Use the one that is here, or choose other words.
error-weak-secret = This is short or often used, so others could guess it.
    .next = Take at least 8 signs. Four or five words together work well.
error-digits-differ = The digits are not the same. Nothing was shared.
    .next = Begin again with a new invitation, side by side if you can.
error-truncated = The end of this is not here.
    .next = Ask for it again, or copy the whole text.
error-unsupported-type = Belay cannot keep this kind of file.
    .next = Save it as a picture, a sound or plain text first.

## What is not here

error-not-found = Nothing here has this name.
    .next = Look at the list, or type more of it.
error-in-trash = This is in the trash.
    .next = Bring it back first. Nothing in it was changed.

## Closed

error-locked = Belay is closed.
    .next = Open it first.
error-wrong-secret = That did not open it. Nothing is lost.
    .next = Try again, or use the words on your paper.
error-try-later = To protect your words, the next try comes a little later. Nothing is lost.
    .next = The words on your paper open it at any time.
    .exact = To protect your words, the next try opens at { $time }. Nothing is lost.
error-closed = This is closed already.
    .next = Open it again.

## Whose it is

error-not-a-member = This is not shared with you.
    .next = Ask someone who is in it for a copy.
error-not-owner = This is not yours to change.
    .next = You can add a comment.
error-suggest-only = This part is not yours to change.
    .next = You can send an idea.
    .named = This part is { $name }'s.
error-revoked = This phone was taken out and can no longer write here.
    .next = It can begin again with the words on your paper.
error-signature-invalid = The signature does not fit, so this was kept out.
    .next = Ask for it again. Your words are as they were.
error-not-for-this-device = This was made for someone else, or for this phone before it got a new lock.
    .next = Ask for a new one.

## Changed meanwhile

error-stale = This has changed since you read it.
    .next = Read how it is now, then decide.
error-already-yours = You write here yourself.
    .next = Change the words, or add your own line.
error-already-declined = This was not added when it came the first time.
    .next = You can suggest something else, or talk about it.
    .exact = This was not added when it came before. It can be sent again after { $time }.
error-invitation-used = This invitation has been used.
    .next = Ask for a new one.

## Not yet, or no longer

error-not-in-force = Nothing is shared before you have both signed the same words.
    .next = Read the agreement, and sign it when you are ready.
error-needs-acknowledgement = There is something to read first.
    .next = Read it in your own time, then say that you have.
error-needs-confirmation = Before this, show that it is you.
    .next = Type your passphrase, or the words on your paper.
error-relationship-ended = This has ended. What you have stays readable.
    .next = A plan or goal of yours can go on for you alone.
error-paused = This is paused. You can read, and write for yourself.
    .next = Go on when you both like.
error-expired = This is past its date.
    .next = Ask for a new one.
error-clock-skew = The clocks of the two phones are far apart.
    .next = Look at the date on both. Nothing is decided by a clock.
error-interrupted = This was stopped before its end. Nothing was changed.
    .next = Begin it again when you like.

## Keeping

error-corrupt = This is damaged and cannot be read. Nothing was removed.
    .next = Leave it as it is. You can try to mend it, or bring your words back from a copy.
    .text = This can be read as it is. Nobody can change it any more.
    .text-next = Whoever began it can go on in a new one, and let this one go.
error-newer-schema = A newer Belay wrote this. You can read it, not change it.
    .next = Update Belay on this phone.
    .vault = A newer Belay made what lies here, so this one leaves it as it is.
    .vault-next = Update Belay here, then open it again.
    .file = A newer Belay made this file. Nothing was taken in.
    .file-next = Update Belay here, then take it in again.
    .other = Another version of Belay made what lies here, so this one leaves it as it is.
    .other-next = Open it with the version that made it, or with a newer one.
error-storage-full = There is no room left. What was kept before is still here.
    .next = Make some room, then try again.
error-unwritable = This place does not let Belay read or write.
    .next = Look at who may read and write there, or choose another place.
error-in-use = Belay is open somewhere else.
    .next = Close it there first.
error-internal = Something in Belay did not work. Your words are as they were.
    .next = Try once more. If it comes back, please tell us which step it was.

## Which field it is about

error-in-field = { $field }: { $label }
field-title = Title
field-body = Words of the note
field-text = Words
field-tag = Tag
field-why = Why
field-towards = Towards
field-away-from = Away from
field-area = Part of life
field-name = Name
field-nickname = Your name for this person
field-pronouns = Pronouns
field-passphrase = Passphrase
field-recovery-words = Words on your paper
field-digits = Digits
field-pin = PIN
field-alternatives = Choices
field-steps = Steps
field-entries = Lines
field-parts = Parts
field-expires = Until when
field-rating = Number from 0 to 10
field-date = Day
field-zone = Time zone
field-language = Language
field-limit = How many
field-after = Where to go on
field-part = Part
field-template = Kind of plan
field-bundle = Bundle
field-invitation = Invitation
field-reply = Answer
field-completion = Last file of the pairing
field-header = First page of Belay's files
field-store = Belay's files
field-folder = Folder
field-key = Unlocking
field-commands = Changes

## Kept out

kept-out-too-big = This is bigger than anything Belay sends.
kept-out-unreadable = This cannot be read as Belay writes.
kept-out-signature = The signature does not fit these words.
kept-out-unknown-phone = The phone that made this is not one of ours.
kept-out-out-of-order = What came before this has not arrived.
kept-out-wrong-place = This names another place than the one it came for.
kept-out-not-a-writer = Only { $name }'s phones may write in this part.
kept-out-not-a-writer-mine = Only your phones may write in this part.
kept-out-not-a-writer-unknown = The phone that made this may not write in that place.
kept-out-not-a-member = Whoever made this is not in this space.
kept-out-another-name = This was made in another phone's name.
kept-out-names-missing = This changes something that is not there.
kept-out-not-allowed = This holds a kind of change that Belay does not take.
kept-out-damaged = This is damaged, so nothing of it was taken in.
kept-out-removed-phone = This was made after its phone was taken out.
kept-out-left = This was made after its writer left.
kept-out-two-of-one = Two changes came under one number. The other one stands.
kept-out-made-again = The same words were written again, and those stand.
kept-out-newer-app = This waits for a newer Belay on this phone.
kept-out-waiting = This waits for something that has not come yet.
kept-out-stopped = You stopped taking changes from this phone.
kept-out-not-checked = The digits of this person have not been compared yet.
kept-out-repair = This place has a broken page and goes on in a copy.
notice-card-not-mine = Another phone speaks in the name of this one. Your words here are as they were. Renewing this phone puts an end to it.
notice-contested-mine = One of your phones is named twice, in two ways. Someone with its secret may have done this. Your recovery words put it right.
notice-contested = One of { $name }'s phones is named twice, in two ways. It helps to ask { $name } about it in person.
notice-fork-mine = Two copies of one of your phones write side by side. Both are kept, nothing is lost. Renewing one of them sets them apart.
notice-fork = Two copies of one of { $name }'s phones write side by side. Both are kept, nothing is lost.
kept-out-one = One change was kept out. The phone that made it may not write in this part. Your words are as they were.
kept-out-count = { $count ->
    [0] Nothing was kept out.
    [one] 1 change was kept out.
   *[other] { $count } changes were kept out.
}
kept-out-from = From { $name }, { $when }
