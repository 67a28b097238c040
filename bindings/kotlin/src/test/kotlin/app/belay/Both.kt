package app.belay

import java.nio.file.Path

/** Two people who are paired, and the space they share. */
class Both(val mara: Belay, val theo: Belay, val space: SpaceId, private val folder: Path) {
    private var carried = 0

    /** One bundle from one to the other. */
    suspend fun carry(from: Belay, to: Belay): BundleReport {
        val file = folder.resolve("bundle-${carried++}.belay")
        from.people.bundleOut(space, file)
        return to.people.bundleIn(file)
    }

    /** To and fro until neither has anything new. */
    suspend fun untilQuiet() {
        repeat(8) {
            val came = carry(mara, theo).new + carry(theo, mara).new
            if (came == 0UL) return
        }
        error("it does not come to rest")
    }

    suspend fun close() {
        mara.close()
        theo.close()
    }
}

/** Pairs two by files, with the digits of each typed into the other. */
suspend fun pair(mara: Belay, theo: Belay): Both {
    val invited = mara.people.invite("Theo", Role.PERSON)
    val replied = theo.people.join(invited.file(), null, "Mara")
    val completing = mara.people.take(invited.id, replied.file())
    val completed = theo.people.take(replied.id, completing.file())
    val ofMara = completing.digits()
    val ofTheo = completed.digits()
    val end = mara.people.typed(invited.id, ofTheo).end
    theo.people.typed(replied.id, ofMara)
    return Both(mara, theo, (end as ExchangeEnd.Done).space, folder("carried"))
}

/** What is to be carried to the other side. */
fun ExchangeOut.file(): ByteArray = requireNotNull(send) { "nothing to send" }

/** What is to be read out. */
fun ExchangeOut.digits(): String = (show as ExchangeShow.Digits).digits
