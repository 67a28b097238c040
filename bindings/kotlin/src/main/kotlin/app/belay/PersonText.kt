package app.belay

/**
 * Words of a person. It prints as `‹words›` wherever it is printed, alone or inside a record, so that nothing a person
 * wrote gets into a log by accident; [reveal] is the one way to the words.
 */
@JvmInline
public value class PersonText(private val words: String) {
    /** The words, to be shown to the person whose screen this is, or given to the engine; never to a log. */
    public fun reveal(): String = words

    /** Whether there are none. */
    public val isEmpty: Boolean get() = words.isEmpty()

    override fun toString(): String = "‹words›"

    /** Words are made where a person types, or taken out of what the engine answers. */
    public companion object {
        /** No words. */
        public val None: PersonText = PersonText("")
    }
}

/**
 * The scalar at which a text stops being one: half of a surrogate pair stands there alone. `null` where all is well.
 */
internal fun brokenAt(text: String): Int? {
    var unit = 0
    var scalar = 0
    while (unit < text.length) {
        val here = text[unit]
        val pair = here.isHighSurrogate() && unit + 1 < text.length && text[unit + 1].isLowSurrogate()
        if (here.isSurrogate() && !pair) return scalar
        unit += if (pair) 2 else 1
        scalar += 1
    }
    return null
}

/** Takes words from an app. */
internal fun words(field: Field?, text: String): PersonText {
    brokenAt(text)?.let { throw BelayException.Input(refused(Code.INVALID_TEXT, field, it)) }
    return PersonText(text)
}

/** The last look at words on their way to the engine, which takes whole texts only. */
internal fun PersonText.lowered(): String = words(null, reveal()).reveal()
