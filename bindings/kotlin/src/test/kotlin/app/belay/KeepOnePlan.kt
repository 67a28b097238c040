package app.belay

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.readBytes
import kotlin.io.path.readText
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/**
 * One of two who keep a plan: `KeepOnePlan FOLDER STEP…`, with the passphrase in `BELAY_PASSPHRASE`. Each step prints one
 * line, `STEP: value`. The program of the other language takes the same steps (scripts/two-languages.sh).
 *
 * `create NAME` `invite FILE` `join FILE FILE` `take FILE FILE` `digits SIXDIGITS` `plan TITLE` `entry TEXT`
 * `suggest TEXT` `decide` `lines` `bundle-out FILE` `bundle-in FILE` `hash` `note TITLE` `halt` (dies as it is)
 */
fun main(arguments: Array<String>): Unit = runBlocking {
    val folder = Path.of(arguments.first())
    val belay = Belay.open(folder.resolve("vault"), listOf("en"))
    val steps = Steps(belay, folder, ArrayDeque(arguments.drop(1)))
    val status = try {
        steps.walk()
        0
    } catch (why: BelayException) {
        System.err.println("refused: ${why.message}")
        1
    } finally {
        belay.close()
    }
    exitProcess(status)
}

private class Steps(private val belay: Belay, private val folder: Path, private val left: ArrayDeque<String>) {
    private val passphrase = SecretText(requireNotNull(System.getenv("BELAY_PASSPHRASE")) { "BELAY_PASSPHRASE is not set" })

    /** Which pairing this is, for the next process. */
    private val exchange = folder.resolve("exchange")

    suspend fun walk() {
        if (left.first() != "create") belay.vault.unlock(passphrase)
        while (left.isNotEmpty()) {
            val step = left.removeFirst()
            println("$step: ${take(step)}")
        }
    }

    private fun next(): String = left.removeFirst()

    private suspend fun take(step: String): String = when (step) {
        "create" -> create(next())
        "invite" -> tell(belay.people.invite("the other", Role.PERSON), Path.of(next()))
        "join" -> tell(belay.people.join(Path.of(next()).readBytes(), null, "the other"), Path.of(next()))
        "take" -> tell(belay.people.take(ExchangeId(exchange.readText()), Path.of(next()).readBytes()), Path.of(next()))
        "digits" -> (belay.people.typed(ExchangeId(exchange.readText()), next()).end as? ExchangeEnd.Done)?.let { "same" } ?: "differ"
        "plan" -> belay.plans.create("wellness", next(), space()).made.text
        "entry" -> belay.plans.addEntry(plan().id, PART, next()).made.text
        "suggest" -> suggest(next())
        "decide" -> decide()
        "lines" -> plan().lines(PART).joinToString(" / ")
        "bundle-out" -> belay.people.bundleOut(space(), Path.of(next())).batches.toString()
        "bundle-in" -> belay.people.bundleIn(Path.of(next())).new.toString()
        "hash" -> belay.people.stateOf(space())
        "note" -> belay.notes.create(title = next()).made.text
        "halt" -> "".also { Runtime.getRuntime().halt(9) }
        else -> error("there is no step $step")
    }

    private suspend fun create(name: String): String {
        Files.createDirectories(folder)
        belay.vault.create(passphrase)
        belay.vault.acknowledge()
        belay.people.setMyName(null, name)
        return "done"
    }

    /** Writes what is to be carried, and says the digits where there are some by now. */
    private fun tell(out: ExchangeOut, file: Path): String {
        exchange.writeText(out.id.text)
        out.send?.let { file.writeBytes(it) }
        return (out.show as? ExchangeShow.Digits)?.digits ?: "carried"
    }

    private suspend fun space() = belay.people.list().single().space

    private suspend fun plan() = belay.plans.get(belay.plans.list().rows.single().id)

    private suspend fun suggest(text: String): String {
        val plan = plan()
        val entry = plan.parts.single { it.key == PART }.entries.first()
        return belay.talk.suggest(Target(plan.id, PART, entry.id), listOf(text), kind = IdeaKind.CHANGE).made.text
    }

    private suspend fun decide(): String {
        val idea = belay.talk.waiting().rows.single()
        belay.talk.decide(idea.id, Decision.Add(0u), idea.rev)
        return idea.id.text
    }

    private companion object {
        const val PART = "toolbox"
    }
}
