/// A stretch of a text in UTF-16 units, as platforms count; empty where `start` and `end` are one place.
public struct Stretch: Hashable, Sendable {
    /// Where it begins.
    public let start: Int

    /// Where it ends, this place itself not counted.
    public let end: Int

    /// A stretch from one place to another.
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    /// A caret.
    public init(at place: Int) { self.init(place, place) }
}

extension Stretch {
    init(_ selection: Selection) { self.init(Int(selection.start), Int(selection.end)) }

    var asSelection: Selection { Selection(start: UInt32(clamping: start), end: UInt32(clamping: end)) }
}

/// The one splice that leads from a text to another, and cuts no pair of surrogates. `nil` where they are equal. Counted
/// and compared in units: to Swift two strings are equal where they would look so.
func difference(_ from: [UInt16], _ to: [UInt16]) -> Splice16? {
    if from == to { return nil }
    let most = min(from.count, to.count)
    var front = 0
    while front < most, from[front] == to[front] { front += 1 }
    if front > 0, UTF16.isLeadSurrogate(from[front - 1]) { front -= 1 }
    var back = 0
    while back < most - front, from[from.count - 1 - back] == to[to.count - 1 - back] { back += 1 }
    if back > 0, UTF16.isTrailSurrogate(from[from.count - back]) { back -= 1 }
    return Splice16(
        at: UInt32(front), remove: UInt32(from.count - front - back),
        insert: PersonText(String(decoding: to[front..<(to.count - back)], as: UTF16.self)))
}

/// Each splice on the text as the one before left it. One that does not fit is left out.
func spliced(_ text: [UInt16], _ splices: [Splice16]) -> [UInt16] {
    var out = text
    for splice in splices where splice.end <= out.count {
        out.replaceSubrange(Int(splice.at)..<splice.end, with: splice.insert.units)
    }
    return out
}

/// Where a place in a text is after splices: beside the same letter; what is put in right there comes after it.
func moved(_ place: Int, _ splices: [Splice16]) -> Int {
    splices.reduce(place) { here, splice in
        let at = Int(splice.at)
        if here <= at { return here }
        return here >= splice.end ? here + splice.growth : at
    }
}

extension Stretch {
    func moved(_ splices: [Splice16]) -> Stretch {
        Stretch(BelayKit.moved(start, splices), BelayKit.moved(end, splices))
    }

    /// Whether every splice lies outside a stretch of the text it is made on.
    func isOutside(_ splices: [Splice16]) -> Bool {
        var here = self
        for splice in splices {
            let at = Int(splice.at)
            if at < here.end, splice.end > here.start { return false }
            // What lies before pushes the stretch along.
            if at < here.end { here = Stretch(here.start + splice.growth, here.end + splice.growth) }
        }
        return true
    }
}

/// The places of units that are no text: halves of surrogate pairs that stand alone.
func halves(_ units: [UInt16]) -> [Int] {
    units.indices.filter { at in
        if UTF16.isLeadSurrogate(units[at]) { return at + 1 == units.count || !UTF16.isTrailSurrogate(units[at + 1]) }
        return UTF16.isTrailSurrogate(units[at]) && (at == 0 || !UTF16.isLeadSurrogate(units[at - 1]))
    }
}

extension PersonText {
    /// As platforms count.
    var units: [UInt16] { Array(reveal().utf16) }

    init(whole units: [UInt16]) { self.init(String(decoding: units, as: UTF16.self)) }
}

extension Splice16 {
    fileprivate var end: Int { Int(at) + Int(remove) }

    fileprivate var growth: Int { insert.reveal().utf16.count - Int(remove) }
}
