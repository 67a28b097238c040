
/** How many bytes or items follow. Each item is a byte at least, so more than there are left is no count. */
internal fun uniffiCount(buf: ByteBuffer): Int {
    val count = buf.getInt()
    if (count < 0 || count > buf.remaining()) throw java.nio.BufferUnderflowException()
    return count
}
