package app.belay

/** Whether a screen offers this, perhaps with a proof first ([MayAnswer.WithConfirmation]). The engine decides again. */
public fun May.allows(deed: Deed): Boolean = acts.any { it.deed == deed && it.answer !is MayAnswer.No }
