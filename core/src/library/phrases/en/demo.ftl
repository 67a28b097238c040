# The story of Mara and Theo. Each line that claims something is printed by the check it names.

## Opening

demo-title = Belay: the story of { $one } and { $two }. No network is used.
demo-folders = Real vaults are made in a temporary folder and removed at the end.
demo-folders-kept = Real vaults are made in { $folder } and left there.
demo-how-through = To run through:  --no-wait
demo-how-keep = To leave the vaults there:  --keep { $folder }
demo-part = { $number } of { $all }  { $title }
demo-press = Enter: next part. q: stop.
demo-name-one = Mara
demo-name-two = Theo
demo-name-other = Ines of the garden club
demo-yes = yes
demo-no = no
demo-phone = { $name }'s phone

## Two phones

demo-phones-title = Two phones
demo-vault-made = vault made. 24 words written down, 3 asked back.

## A private note

demo-note-title = { $name } writes, for { $name } alone
demo-who-can-see = Who can see this: { $names }.
demo-note-text = Bad night. Three hours of sleep. Not ready to tell anyone.

## Pairing

demo-pair-title = They pair by file. No network, no account, no phone number.
demo-pair-once = works once, { $until }
demo-digits-same = { $one } reads out { $digits }. { $two } types it: the same.

## The agreement

demo-agreement-title = Nothing is shared before both sign the same words
demo-agreement-title-later = The words that both will sign
demo-agreement-until = Until then the two share what each of them chooses.
demo-agreement-later = Agreements come in a later version. Nothing here stands in for one.
demo-agreement-tries = { $name } tries to share
demo-agreement-kept-back = kept back: the agreement is not signed by both
demo-agreement-signs = { $name } signs
demo-agreement-word = { $name } changes one word
demo-agreement-both = Both sign
demo-agreement-in-force = in force. Ends or renews { $date }.
demo-agreement-earlier = { $name }'s name stays on { $words }

## One plan

demo-plan-title = One plan. Each part has an owner. Both phones are offline.
demo-part-owned = { $name }'s. { $other } can suggest.
demo-part-both = both write here. Both type in one sentence, apart:
demo-part-both-alone = both write here.
demo-before = before
demo-after = after
demo-toolbox-line = Tea with the radio on
demo-sentence = We say when we need a pause.
demo-sentence-one = We say when we need a pause, no reason asked.
demo-sentence-two = We say early when we need a pause.
demo-sentence-both = We say early when we need a pause, no reason asked.
demo-carried = One file each way, carried by hand ({ $one }, { $two }):
demo-merged = The same on both phones. No letter lost.

## An idea

demo-idea-title = { $one } suggests. { $two } decides.
demo-idea-given = { $name }'s idea
demo-idea-add = add "{ $text }"
demo-idea-added = { $name } adds
demo-idea-text = Walk by the river when the flat feels small
demo-idea-other-words = Walk to the river, even for 5 minutes
demo-idea-history = History keeps
demo-idea-history-what = whose idea it was, who decided, before and after

## What lies on each phone

demo-look-title = What lies on each phone? Each vault opened, every row and byte read.
demo-look-for = looked for
demo-look-note = the private note
demo-look-sentence = the shared sentence
demo-look-other = who else { $name } knows
demo-look-closed = both, in the closed files
demo-look-found = found
demo-look-not-there = not there
demo-look-size = { $rows ->
    [one] { $name }'s vault: 1 row, { $size }.
   *[other] { $name }'s vault: { $rows } rows, { $size }.
}
demo-look-control = Line two shows that the search works.

## A forged edit

demo-forge-title = Somebody forges an edit
demo-forge-copied = { $one }'s phone is copied. The copy writes in { $part } in { $two }'s name.
demo-forge-kept-out = kept out: only { $name }'s phones may write in this part
demo-forge-taken-in = taken in
demo-forge-text = Give the radio away
demo-forge-before = before { $words }
demo-forge-after = after the same

## The same words

demo-same-title = Do both phones hold the same?
demo-same = the same words on both
demo-not-same = not the same

## A lost phone, and an ending

demo-lost-title = A phone is lost
demo-lost-removed = { $name } takes the lost phone out
demo-lost-kept-out = kept out: it was made after its phone was taken out

## Closing

demo-can-see-label = { $name } can see
demo-can-see = the plan, the agreement, what { $name } chose to give
demo-can-see-plan = the plan, with all that { $name } wrote in it
demo-cannot-see-label = { $name } cannot see
demo-cannot-see = { $name }'s notes, who else { $name } knows
demo-nobody-label = Nobody can stop
demo-nobody = a photo of a screen, or words that were read before
demo-checks-held = { $all ->
    [one] { $held } of 1 check held.
   *[other] { $held } of { $all } checks held.
}
demo-break = Break one on purpose: belay demo --break note
demo-own = Start your own: belay init
demo-check-not = This check did not hold: { $name }
demo-expected = expected: { $text }
demo-found = found: { $text }
demo-left = The vaults are left in { $folder } to look at.
demo-break-note = the private note of { $name } is put into the plan too
demo-break-signature = what is copied is the phone of { $name }
demo-break-hash = one file is not carried
demo-broken-on-purpose = Broken on purpose: { $name }
