package newcomer

import app.belay.*
import java.nio.file.Path
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking

val passphrase = SecretText("a quiet place by the river")

suspend fun begin(name: String): Belay {
    val belay = Belay.open(Path.of(name))
    belay.vault.create(passphrase)
    belay.vault.acknowledge()
    return belay
}

fun main() = runBlocking {
    val (mara, theo) = listOf("mara", "theo").map { begin(it) }     // two phones, in an app of your own one
    val note = mara.notes.create(title = "Night", body = "Slept badly. Walked along the river.").made
    println("Found: ${mara.search.find("river").rows.size}")
    println("Watched: ${mara.notes.watch(note).filterIsInstance<Live.Ready<NoteDetail>>().first().value.title.reveal()}")

    // Pairing: three files go to and fro, then each types the digits that the other reads out.
    val invited = mara.people.invite("Theo", Role.PERSON)
    val joined = theo.people.join(invited.send!!, words = null, name = "Mara")
    val ofMara = mara.people.take(invited.id, joined.send!!)
    val ofTheo = theo.people.take(joined.id, ofMara.send!!)
    val end = mara.people.typed(invited.id, (ofTheo.show as ExchangeShow.Digits).digits).end
    theo.people.typed(joined.id, (ofMara.show as ExchangeShow.Digits).digits)
    val space = (end as ExchangeEnd.Done).space

    // Giving a part of a note, told in UTF-16 units: what was shown, and nothing else.
    val gift = GiftDraft(note, TextRange(0u, 12u), WithTitle.LEFT_OUT, space, language = "en")
    val seen = mara.shares.preview(gift)
    println("Theo will read: ${seen.leaves.map { it.reveal() }}")
    val copy = mara.shares.give(gift, seen).made

    // A plan that both see. What was written reaches the other with the next bundle.
    val plan = mara.plans.create("wellness", "Getting up", space).made
    val mine = mara.plans.get(plan).parts.first { it.may.allows(Deed.ADD) }.key
    mara.plans.addEntry(plan, mine, "Walk by the river")
    mara.plans.addEntry(plan, mine, "Run").undo()
    mara.people.bundleOut(space, Path.of("for-theo.belay"))
    theo.people.bundleIn(Path.of("for-theo.belay"))
    println("Theo reads: ${theo.shares.get(copy).text.reveal()}")

    // Leaving takes a secret typed again; what was Mara's goes on, for her alone.
    mara.people.leave(space, mara.vault.confirm(UnlockWith.Passphrase(passphrase), Purpose.LEAVING))
    val alone = mara.plans.get(mara.people.goOnAlone(plan).made)
    println("Hers: ${alone.parts.flatMap { it.entries }.map { it.text.reveal() }}")
    listOf(mara, theo).forEach { it.close() }
}
