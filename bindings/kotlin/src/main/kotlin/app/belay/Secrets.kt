package app.belay

/** A passphrase or PIN as it was typed. It prints as `‹secret›`. */
@JvmInline
public value class SecretText(private val typed: String) {
    /** What was typed, for the engine. */
    internal fun reveal(): String = typed

    override fun toString(): String = HIDDEN
}

/** Recovery words with one blank between two. They print as `‹secret›`. */
@JvmInline
public value class RecoveryWords(private val words: String) {
    /** The words, to be shown to the person once, or typed back to the engine; never kept, never logged. */
    public fun reveal(): String = words

    override fun toString(): String = HIDDEN
}

/** 32 bytes that a platform's keystore wraps. They print as `‹secret›`. */
@JvmInline
public value class Secret32(private val bytes: ByteArray) {
    /** The bytes, for the keystore to wrap; never kept as they are, never logged. */
    public fun reveal(): ByteArray = bytes

    override fun toString(): String = HIDDEN
}

private const val HIDDEN = "‹secret›"

/** The last look at a secret on its way to the engine, which takes whole texts only. */
internal fun SecretText.lowered(): String = whole(reveal())

internal fun RecoveryWords.lowered(): String = whole(reveal())

private fun whole(secret: String): String =
    if (brokenAt(secret) == null) secret else throw BelayException.Input(refused(Code.INVALID_TEXT, Field.PASSPHRASE))
