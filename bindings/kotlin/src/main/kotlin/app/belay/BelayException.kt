package app.belay

/**
 * Every way in which a call can be refused: one closed set, sorted by what an app does about it. It carries names and
 * numbers only, never words of a person, so it may be logged.
 */
public sealed class BelayException(
    /** Which rule, about which part of the input, with which bound. */
    public val detail: Detail,
) : Exception() {
    /** Shorthand for the rule. */
    public val code: Code get() = detail.code

    override val message: String get() = "$code${detail.field?.let { " $it" } ?: ""}"

    /** What was given is not taken as it is; [detail] says which part, and which bound applies. */
    public class Input(detail: Detail) : BelayException(detail)

    /** This person may not do that. */
    public class NotAllowed(detail: Detail) : BelayException(detail)

    /** Something else came first; read again and decide again. */
    public class Conflict(detail: Detail) : BelayException(detail)

    /** Not at this moment; [Detail.untilMs] says when the answer may change, where that is known. */
    public class NotNow(detail: Detail) : BelayException(detail)

    /** The vault is locked, the secret was a wrong one, or this [Belay] was closed. */
    public class Locked(detail: Detail) : BelayException(detail)

    /** There is no such thing, or not any more. */
    public class Missing(detail: Detail) : BelayException(detail)

    /** The disk, or what lies on it, does not allow it. */
    public class Storage(detail: Detail) : BelayException(detail)

    /** A fault of this software. Nothing was changed; the vault goes on. */
    public class Internal(detail: Detail) : BelayException(detail)
}

internal fun refused(code: Code, field: Field? = null, actual: Int? = null): Detail =
    Detail(code, field, null, actual?.toULong(), null, null, null)

internal fun closed(): BelayException = BelayException.Locked(refused(Code.CLOSED))

/** Runs a call of the engine; whatever it throws leaves as one of the closed set, without its text. */
internal inline fun <T> typed(call: () -> T): T =
    try {
        call()
    } catch (known: BelayException) {
        throw known
    } catch (failure: Failure) {
        throw failure.asException()
    } catch (_: java.nio.charset.CharacterCodingException) {
        // Half of a pair in a name or a token: texts of people were looked at before.
        throw BelayException.Input(refused(Code.INVALID_TEXT))
    } catch (_: IllegalStateException) {
        // The handle was given back.
        throw closed()
    } catch (_: Exception) {
        throw BelayException.Internal(refused(Code.INTERNAL))
    }

internal fun Failure.asException(): BelayException =
    when (this) {
        is Failure.Input -> BelayException.Input(v1)
        is Failure.NotAllowed -> BelayException.NotAllowed(v1)
        is Failure.Conflict -> BelayException.Conflict(v1)
        is Failure.NotNow -> BelayException.NotNow(v1)
        is Failure.Locked -> BelayException.Locked(v1)
        is Failure.Missing -> BelayException.Missing(v1)
        is Failure.Storage -> BelayException.Storage(v1)
        is Failure.Internal -> BelayException.Internal(v1)
    }
