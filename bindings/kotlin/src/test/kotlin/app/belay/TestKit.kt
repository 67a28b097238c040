package app.belay

import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.atomic.AtomicLong
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

/** A clock that stands still until it is moved. */
class HandClock(private var unixMs: Long = NOON) : HostClock {
    private val waiting = mutableListOf<Pair<Long, CompletableDeferred<Unit>>>()

    override fun now(): Moment = Moment(at(), "Europe/Berlin", ticks().toULong(), 7u)

    override fun ticks(): Long = at() - NOON + 1_000

    override suspend fun pass(ms: Long) {
        val comes = CompletableDeferred<Unit>()
        synchronized(this) { if (ms > 0) waiting += unixMs + ms to comes else comes.complete(Unit) }
        comes.await()
    }

    /** Time goes on. */
    fun goOn(ms: Long) {
        val due = synchronized(this) {
            unixMs += ms
            waiting.filter { it.first <= unixMs }.also { waiting -= it.toSet() }
        }
        due.forEach { it.second.complete(Unit) }
    }

    private fun at() = synchronized(this) { unixMs }

    companion object {
        /** 22 November 2026, noon in Berlin. */
        const val NOON = 1_795_345_200_000L
    }
}

/** Runs a story; one that hangs is told after a minute instead of holding everything up. */
fun story(tell: suspend () -> Unit): Unit = runBlocking { withTimeout(60_000) { tell() } }

/** The first value of a stream that is like this. */
suspend fun <T> Flow<Live<T>>.until(isIt: (Live<T>) -> Boolean): Live<T> = first(isIt)

/** The first that is there and like this. */
suspend fun <T> Flow<Live<T>>.ready(isIt: (T) -> Boolean = { true }): T =
    (first { it is Live.Ready && isIt(it.value) } as Live.Ready<T>).value

private val folders = AtomicLong()

/** A new folder, gone with the process. */
fun folder(name: String): Path =
    Files.createTempDirectory("belay-$name-${folders.getAndIncrement()}-").also { made ->
        Runtime.getRuntime().addShutdownHook(Thread { made.toFile().deleteRecursively() })
    }

/** What these people type. */
val PASSPHRASE: SecretText = SecretText("a quiet place by the river")

/** A phone that is short of memory: there a passphrase costs less, and so does a test. */
suspend fun open(at: Path): Belay = Belay.open(at, listOf("en"), maxMemory = 1L shl 27)

/** Someone with a vault of their own, open and ready to write. */
suspend fun person(name: String, at: Path = folder(name)): Belay {
    val belay = open(at)
    belay.vault.create(PASSPHRASE)
    belay.vault.acknowledge()
    return belay
}

/** Words, for comparing. */
val PersonText.said: String get() = reveal()

/** Nothing was touched. */
val noChanges: Changes = Changes(0u, 0u, Cause.MINE, emptyList(), Extent.LISTED)

/** Runs a program in a process of its own, which must end with [status]; all that it and the engine below it say. */
fun child(program: String, arguments: List<String>, at: Path = Path.of(""), status: Int = 0): String {
    val java = ProcessHandle.current().info().command().orElse("java")
    // From another folder relative paths lead elsewhere.
    val settings = listOf("jna.library.path", "java.class.path").map { name ->
        val paths = System.getProperty(name).split(File.pathSeparator).map { Path.of(it).toAbsolutePath().normalize() }
        "-D$name=${paths.joinToString(File.pathSeparator)}"
    }
    val builder = ProcessBuilder(listOf(java) + settings + program + arguments)
    builder.environment()["BELAY_PASSPHRASE"] = PASSPHRASE.reveal()
    val child = builder.directory(at.toAbsolutePath().toFile()).redirectErrorStream(true).start()
    val said = child.inputReader().readText()
    check(child.waitFor() == status) { said }
    return said
}
