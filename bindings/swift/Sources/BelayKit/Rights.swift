extension May {
    /// Whether a screen offers this, perhaps with a proof first (`MayAnswer.withConfirmation`). The engine decides again.
    public func allows(_ deed: Deed) -> Bool {
        acts.contains { act in
            if case .no = act.answer { return false }
            return act.deed == deed
        }
    }
}
