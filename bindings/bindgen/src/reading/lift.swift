    public static func lift(_ buf: RustBuffer) throws -> SwiftType {
        // Given back whether it could be read or not.
        defer { buf.deallocate() }
        var reader = UniffiReader(buf)
        let value = try read(from: &reader)
        if hasRemaining(reader) {
            throw UniffiInternalError.incompleteData
        }
        return value
    }
