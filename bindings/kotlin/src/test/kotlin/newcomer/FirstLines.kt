package newcomer

import app.belay.*
import java.nio.file.Path
import kotlinx.coroutines.runBlocking

fun main() = runBlocking {
    val belay = Belay.open(Path.of("my-vault"))
    val created = belay.vault.create(SecretText("a quiet place by the river"))
    println("Write these words down: ${created.words.reveal()}")
    belay.vault.acknowledge()                                   // they are written down
    belay.notes.create(title = "Morning", body = "Slept well.")
    belay.notes.list().rows.forEach { println(it.title.reveal()) }
    belay.close()
}
