package app.belay

// Names of things, and tokens to hand back. They may be kept in saved state; they hold no words. What they print is
// short, as in the engine's own log.

/** A vault. */
@JvmInline
public value class VaultId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "VaultId(${text.take(SHOWN)})"
}

/** A fixed set of members: a relationship, or one's own devices. */
@JvmInline
public value class SpaceId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "SpaceId(${text.take(SHOWN)})"
}

/** A person in one space. */
@JvmInline
public value class MemberId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "MemberId(${text.take(SHOWN)})"
}

/** A device. */
@JvmInline
public value class DeviceId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "DeviceId(${text.take(SHOWN)})"
}

/** A note, a plan, a goal. */
@JvmInline
public value class DocId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "DocId(${text.take(SHOWN)})"
}

/** A piece of one: an entry, a step, an idea, a comment. */
@JvmInline
public value class ElementId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "ElementId(${text.take(SHOWN)})"
}

/** Changes that were signed together. */
@JvmInline
public value class BatchId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "BatchId(${text.take(SHOWN)})"
}

/** A way to open a vault. */
@JvmInline
public value class SlotId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "SlotId(${text.take(SHOWN)})"
}

/** A pairing that is under way. */
@JvmInline
public value class ExchangeId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "ExchangeId(${text.take(SHOWN)})"
}

/** What a screen showed, to be named by what is changed there. */
@JvmInline
public value class Rev(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "Rev(${text.take(SHOWN)})"
}

/** What a change or a watch is about: a document, a space, a device. */
@JvmInline
public value class ObjectId(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "ObjectId(${text.take(SHOWN)})"
}

/** An editor that is open, for as long as the vault is. */
@JvmInline
public value class TextSession(
    /** As it crosses. */
    public val text: String,
) {
    override fun toString(): String = "TextSession(${text.take(SHOWN)})"
}

/** Stands for exactly what a preview showed. */
@JvmInline
public value class Hash32(
    /** As it crosses. */
    public val text: String,
) {
    override fun toString(): String = "Hash32(${text.take(SHOWN)})"
}

/** A place in a list. It holds no content, and is good for that list alone. */
@JvmInline
public value class Cursor(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "Cursor(${text.take(SHOWN)})"
}

/** Takes back what one call did. */
@JvmInline
public value class UndoToken(
    /** As it crosses, and as it may be kept. */
    public val text: String,
) {
    override fun toString(): String = "UndoToken(${text.take(SHOWN)})"
}

private const val SHOWN = 6
