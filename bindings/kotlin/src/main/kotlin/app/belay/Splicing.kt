package app.belay

/** A stretch of a text in UTF-16 units, as platforms count; empty where [start] and [end] are one place. */
public data class Stretch(
    /** Where it begins. */
    public val start: Int,
    /** Where it ends, this place itself not counted. */
    public val end: Int,
)

internal fun Stretch.asSelection(): Selection = Selection(start.toUInt(), end.toUInt())

internal fun Selection.asStretch(): Stretch = Stretch(start.toInt(), end.toInt())

/** The one splice that leads from a text to another, and cuts no pair of surrogates. `null` where they are equal. */
internal fun difference(from: String, to: String): Splice16? {
    if (from == to) return null
    val most = minOf(from.length, to.length)
    var front = 0
    while (front < most && from[front] == to[front]) front += 1
    if (front > 0 && from[front - 1].isHighSurrogate()) front -= 1
    var back = 0
    while (back < most - front && from[from.length - 1 - back] == to[to.length - 1 - back]) back += 1
    if (back > 0 && from[from.length - back].isLowSurrogate()) back -= 1
    return Splice16(
        at = front.toUInt(),
        remove = (from.length - front - back).toUInt(),
        insert = PersonText(to.substring(front, to.length - back)),
    )
}

/** Each splice on the text as the one before left it. */
internal fun spliced(text: String, splices: List<Splice16>): String {
    val out = StringBuilder(text)
    for (splice in splices) {
        out.replace(splice.at.toInt(), (splice.at + splice.remove).toInt(), splice.insert.reveal())
    }
    return out.toString()
}

/** Where a place in a text is after splices: beside the same letter; what is put in right there comes after it. */
internal fun moved(place: Int, splices: List<Splice16>): Int =
    splices.fold(place) { here, splice ->
        val at = splice.at.toInt()
        val removed = splice.remove.toInt()
        when {
            here <= at -> here
            here >= at + removed -> here - removed + splice.insert.reveal().length
            else -> at
        }
    }

internal fun Stretch.moved(splices: List<Splice16>): Stretch = Stretch(moved(start, splices), moved(end, splices))

/** Whether every splice lies outside a stretch of the text it is made on. */
internal fun Stretch.isOutside(splices: List<Splice16>): Boolean {
    var here = this
    return splices.all { splice ->
        val at = splice.at.toInt()
        val isOutside = at >= here.end || at + splice.remove.toInt() <= here.start
        // What lies before pushes the stretch along.
        if (at < here.end) {
            val by = splice.insert.reveal().length - splice.remove.toInt()
            here = Stretch(here.start + by, here.end + by)
        }
        isOutside
    }
}

/** A text without halves of surrogate pairs: what an editor leaves behind when it closes in the middle of one. */
internal fun mended(text: String): String = buildString {
    text.forEachIndexed { at, unit ->
        val isWhole = when {
            unit.isHighSurrogate() -> at + 1 < text.length && text[at + 1].isLowSurrogate()
            unit.isLowSurrogate() -> at > 0 && text[at - 1].isHighSurrogate()
            else -> true
        }
        if (isWhole) append(unit)
    }
}
