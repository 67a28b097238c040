/// Which page of a list is asked for: at most 200 rows at a time. What is no count of rows is refused by the engine, which
/// says the bound.
extension At {
    /// The first rows.
    public static func first(_ limit: UInt32 = 50) -> At { At(limit: limit, after: nil) }

    /// From where another page ended: what it gave as `next`. A cursor is good for the list it came from alone.
    public static func from(_ cursor: Cursor?, limit: UInt32 = 50) -> At { At(limit: limit, after: cursor) }
}
