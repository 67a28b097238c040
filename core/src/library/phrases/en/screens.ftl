# What stands on screens beside what a person wrote. In every build; what only the terminal says is in terminal.ftl.

## Limits, said beside the promises

limit-photo = Nobody can stop a photo of a screen.
limit-read = Words once read cannot be unread.
limit-phone = Whoever opens this computer with your passphrase can read all of it.
limit-mailbox = A mailbox sees times and sizes, and no words.
limit-recall = You can ask for a copy back. We cannot know what was kept.
limit-spyware = If someone put a spy on this phone, Belay cannot stop it.

## From the screens

home-write = Write something
home-nothing = Nothing here yet. What you write stays on this phone until you share it.
kept-on-phone = Kept on this phone.
kept-at = Kept, { $when }
search-nothing = No note has these words. Try fewer letters.
share-preview = This is what { $name } will get, word for word. Later changes to your note stay with you.
part-belongs = This part belongs to { $name }. You can send an idea instead.
sign-read = Read each point and tick it when you are ready. You can stop and come back.
end-today = You can end this today. You do not need a reason.
pin-wrong = That PIN did not open it. Nothing is lost.
day-empty = No entry on this day.
copy-asked-back = { $all ->
    [one] You asked for it back. { $gone } of 1 phone says it is gone. We cannot know about the rest.
   *[other] You asked for it back. { $gone } of { $all } phones say it is gone. We cannot know about the rest.
}
card-off = Your card is off. When it is on, anyone who holds this phone can read it, even when it is closed.
nobody-watching = Nobody is watching this live. To reach a person now, call.
reminder = Reminder
