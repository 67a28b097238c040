/// Keeps an editor's field and the engine's text session together, without a clock, a thread or a widget of its own: what
/// happens is told to it, and it answers with the ``TextStep``s to take. One call is under way at a time.
///
/// While the person types, the field leads: words of others are taken only when the text is still the one that was sent,
/// and nothing is being composed. Half of a surrogate pair is held back until the other half is there.
public struct TextDriver: Sendable {
    /// What the field shows.
    public private(set) var shown: EditorNow

    private let manners: TextManners

    /// What the engine takes the field for.
    private var base: [UInt16]
    private var accepted: UInt64 = 0
    private var flight: Flight?
    private var lastKeyMs = never
    private var retryAtMs = never
    private var isPauseDue = false
    private var isWholeDue = false
    private var isNewsDue = true
    private var arePatchesWaiting = false
    private var nextTryMs: Int64?
    private var isLeaving = false
    private var isOver = false

    private struct Flight {
        let now: EditorNow
        let isAtPause: Bool
        let isLast: Bool
        let keyMs: Int64
    }

    /// Begins with what the session began with.
    ///
    /// - Parameter caret: where to go on, in UTF-16 units
    public init(text: PersonText, caret: Int, manners: TextManners = .apple) {
        shown = EditorNow(text: text, selection: Stretch(at: caret))
        base = text.units
        self.manners = manners
    }

    /// The field shows something else now: a key, a paste, a moved caret.
    public mutating func edited(_ now: EditorNow, atMs: Int64) -> [TextStep] {
        if isOver { return [] }
        if now.text != shown.text || now.isHalf != shown.isHalf || now.composing != shown.composing {
            lastKeyMs = atMs
            isPauseDue = true
        }
        shown = now
        return next(atMs)
    }

    /// The object was touched by others: their words are fetched.
    public mutating func touched(atMs: Int64) -> [TextStep] {
        isNewsDue = true
        return next(atMs)
    }

    /// The time asked for by ``TextStep/wake(atMs:)`` has come.
    public mutating func woke(atMs: Int64) -> [TextStep] { next(atMs) }

    /// The editor closes. What it shows goes down in a last call.
    public mutating func leave(atMs: Int64) -> [TextStep] {
        isLeaving = true
        return next(atMs)
    }

    /// The vault was locked. Words that did not reach it are given back.
    public mutating func locked() -> [TextStep] {
        if isOver { return [] }
        return end(isSafe: flight == nil && base == shown.text.units)
    }

    private mutating func end(isSafe: Bool) -> [TextStep] {
        isOver = true
        return isSafe ? [.done] : [.keepAside(shown.text, before: PersonText(whole: base)), .done]
    }

    /// The engine took the last ``TextStep/send(_:)`` or ``TextStep/close(_:)``.
    public mutating func answered(_ merge: TextMerge, atMs: Int64) -> [TextStep] {
        guard let sent = flight else { return [] }
        flight = nil
        if isOver { return [] }
        isWholeDue = merge.resend == .whole
        if isWholeDue { return next(atMs) }
        base = sent.now.text.units
        if sent.isAtPause, sent.keyMs == lastKeyMs { isPauseDue = false }
        var steps: [TextStep] = []
        if let show = take(merge, sent, atMs) { steps.append(show) }
        steps.append(.tell(TextTold(left: merge.left, saved: merge.saved, fate: merge.fate)))
        if sent.isLast { return steps + end(isSafe: base == shown.text.units) }
        return steps + next(atMs)
    }

    /// The engine did not take it.
    public mutating func refused(_ why: BelayError, atMs: Int64) -> [TextStep] {
        switch why {
        case .locked, .missing:
            // Locked, or a session that is no more: it does not come back.
            return locked()
        default:
            flight = nil
            if isOver { return [] }
            isNewsDue = true
            retryAtMs = atMs + retryMs
            return [.waiting(why), .wake(atMs: retryAtMs)]
        }
    }
}

// MARK: What comes next

extension TextDriver {
    private mutating func take(_ merge: TextMerge, _ sent: Flight, _ atMs: Int64) -> TextStep? {
        arePatchesWaiting = !merge.patches.isEmpty
        if !arePatchesWaiting {
            accepted = merge.version
            return nil
        }
        let isStillThat = shown.text == sent.now.text && !shown.isHalf
        if !isStillThat || isLeaving || !mayTake(merge.patches, atMs) {
            let tries = [manners.outsideAfterMs, manners.anyAfterMs].compactMap { $0.map { lastKeyMs + $0 } }
            nextTryMs = tries.filter { $0 > atMs }.min()
            return nil
        }
        arePatchesWaiting = false
        accepted = merge.version
        base = spliced(base, merge.patches)
        let isWhereItWas = shown.selection == sent.now.selection
        shown = EditorNow(
            text: PersonText(whole: base),
            selection: isWhereItWas ? Stretch(merge.selection) : shown.selection.moved(merge.patches),
            composing: shown.composing?.moved(merge.patches))
        return .show(shown, patches: merge.patches)
    }

    private func mayTake(_ patches: [Splice16], _ atMs: Int64) -> Bool {
        guard let composing = shown.composing else { return true }
        let still = atMs - lastKeyMs
        let isLong = { (after: Int64?) in after.map { still >= $0 } ?? false }
        return isLong(manners.anyAfterMs) || (isLong(manners.outsideAfterMs) && composing.isOutside(patches))
    }

    private mutating func next(_ atMs: Int64) -> [TextStep] {
        if isOver || flight != nil { return [] }
        if atMs < retryAtMs { return [.wake(atMs: retryAtMs)] }
        let isAtPause = isPauseDue && atMs - lastKeyMs >= pauseMs
        let units = shown.text.units
        let isDue = units != base || isWholeDue || isNewsDue || isAtPause || mayPatchesGoIn(atMs)
        if !isLeaving, shown.isHalf || !isDue { return wake(atMs) }
        flight = Flight(now: shown, isAtPause: isAtPause, isLast: isLeaving, keyMs: lastKeyMs)
        isNewsDue = false
        let told = told(units, isAtPause)
        return [isLeaving ? .close(told) : .send(told)]
    }

    private func told(_ units: [UInt16], _ isAtPause: Bool) -> TextNow {
        var change = TextChange.none
        if isWholeDue {
            change = .whole(text: shown.text)
        } else if let splice = difference(base, units) {
            change = .splices(splices: [splice])
        }
        let settle: Settle =
            if isLeaving { .leave } else if shown.composing != nil { .composing } else if isAtPause { .pause } else {
                .typing
            }
        return TextNow(
            accepted: accepted, length: UInt32(clamping: units.count), change: change,
            selection: shown.selection.asSelection, settle: settle)
    }

    /// Patches that waited for a composition: whether it is time to ask for them again.
    private func mayPatchesGoIn(_ atMs: Int64) -> Bool {
        arePatchesWaiting && (shown.composing == nil || nextTryMs.map { $0 <= atMs } ?? false)
    }

    private func wake(_ atMs: Int64) -> [TextStep] {
        let pause = isPauseDue && lastKeyMs + pauseMs > atMs ? lastKeyMs + pauseMs : nil
        let tryAgain = arePatchesWaiting ? nextTryMs : nil
        return [pause, tryAgain].compactMap { $0 }.min().map { [.wake(atMs: $0)] } ?? []
    }
}

/// So long after the last key typing counts as paused.
private let pauseMs: Int64 = 300

/// So long after a refusal the words are sent again.
private let retryMs: Int64 = 1_000
private let never = Int64.min / 2
