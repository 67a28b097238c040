package app.belay

/** What an editor shows at one moment. */
public data class EditorNow(
    /** The whole text. */
    public val text: PersonText,
    /** What is selected, or where the caret stands. */
    public val selection: Stretch,
    /** What the keyboard is still composing; `null` where it is not. */
    public val composing: Stretch? = null,
)

/** How a platform's keyboard wants to be treated while it composes. */
public data class TextManners(
    /** After so long without a key, words of others outside the composition go in; `null`: not before its end. */
    public val outsideAfterMs: Long?,
    /** After so long without a key, any do; `null`: not before its end. */
    public val anyAfterMs: Long?,
) {
    /** The two platforms. */
    public companion object {
        /** Compositions of Android's keyboards stay open for a whole word, often for ever. */
        public val Android: TextManners = TextManners(outsideAfterMs = 1_000, anyAfterMs = 3_000)

        /** Apple's end with the marked text; nothing goes in before. */
        public val Apple: TextManners = TextManners(outsideAfterMs = null, anyAfterMs = null)
    }
}

/** What a [TextDriver] wants done next, in the order given. */
public sealed interface TextStep {
    /** Give this to the engine; say what came back by [TextDriver.answered] or [TextDriver.refused]. */
    public data class Send(
        /** What the field shows, as a change of what the engine knows. */
        public val now: TextNow,
    ) : TextStep

    /** The last call of the session, otherwise as [Send]. */
    public data class Close(
        /** What the field shows, as a change of what the engine knows. */
        public val now: TextNow,
    ) : TextStep

    /** Make the field show this, in one edit; then clear the platform's own undo, which knows nothing of it. */
    public data class Show(
        /** The text, selection and composition from now on. */
        public val now: EditorNow,
        /** The same as splices of what was shown. */
        public val patches: List<Splice16>,
    ) : TextStep

    /** Call [TextDriver.woke] at this time at the latest; a later one of these replaces it. */
    public data class Wake(
        /** In the same milliseconds that the driver is told. */
        public val atMs: Long,
    ) : TextStep

    /** Something to show beside the field. */
    public data class Tell(
        /** Room that is left, in scalars; below zero the text is kept as a draft only. */
        public val left: Long,
        /** How safe the words are. */
        public val saved: Saved,
        /** What became of them where rights were lost or the object is gone. */
        public val fate: Fate,
    ) : TextStep

    /** The engine could not take the words now; they stay in the field and are sent again. */
    public data class Waiting(
        /** Why. */
        public val why: BelayException,
    ) : TextStep

    /** The vault was locked under the editor, and these words did not reach it: leave them by a drop. */
    public data class KeepAside(
        /** The whole text. */
        public val words: PersonText,
        /** What the field showed when the vault last answered it: what was saved last. */
        public val before: PersonText,
    ) : TextStep

    /** The session is over. */
    public data object Done : TextStep
}
