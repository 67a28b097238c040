/// Which page of a list is asked for: at most 200 rows at a time. What is no count of rows is refused by the engine, which
/// says the bound.
extension At {
    /// The first rows.
    public static func first(_ limit: UInt32 = 50) -> At { At(limit: limit, after: nil, around: nil, total: false) }

    /// From where another page ended: what it gave as `next` or `previous`. A cursor is good for its own list alone.
    public static func from(_ cursor: Cursor?, limit: UInt32 = 50) -> At {
        At(limit: limit, after: cursor, around: nil, total: false)
    }

    /// With this about in the middle; where it is gone, its old place as far as that is known.
    public static func around(_ anchor: Anchor, limit: UInt32 = 50) -> At {
        At(limit: limit, after: nil, around: anchor, total: false)
    }
}
