/// What the engine answered, read where it lies: the bytes are borrowed until the buffer is given back.
struct UniffiReader {
    fileprivate let bytes: UnsafeRawBufferPointer
    fileprivate var offset = 0

    fileprivate init(_ buffer: RustBuffer) {
        // What is no length makes a reader that is at its end.
        let count = buffer.data == nil ? 0 : Int(truncatingIfNeeded: buffer.len)
        bytes = UnsafeRawBufferPointer(start: buffer.data, count: max(count, 0))
    }

    fileprivate var left: Int { bytes.count - offset }
}

/// A number, highest byte first.
@inline(__always)
fileprivate func readInt<T: FixedWidthInteger & BitwiseCopyable>(_ reader: inout UniffiReader) throws -> T {
    guard reader.left >= MemoryLayout<T>.size else { throw UniffiInternalError.bufferOverflow }
    let value = reader.bytes.loadUnaligned(fromByteOffset: reader.offset, as: T.self)
    reader.offset += MemoryLayout<T>.size
    return T(bigEndian: value)
}

/// How many bytes or items follow. Each item is a byte at least, so more than there are left is no count.
@inline(__always)
fileprivate func readCount(_ reader: inout UniffiReader) throws -> Int {
    let count = Int(try readInt(&reader) as Int32)
    guard count >= 0, count <= reader.left else { throw UniffiInternalError.bufferOverflow }
    return count
}

/// The next bytes, to be copied before the buffer is given back.
@inline(__always)
fileprivate func readBytes(_ reader: inout UniffiReader, count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0, count <= reader.left else { throw UniffiInternalError.bufferOverflow }
    defer { reader.offset += count }
    return UnsafeRawBufferPointer(rebasing: reader.bytes[reader.offset..<reader.offset + count])
}

fileprivate func hasRemaining(_ reader: UniffiReader) -> Bool { reader.left > 0 }
