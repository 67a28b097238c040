    override fun read(buf: ByteBuffer): String {
        val len = uniffiCount(buf)
        val at = buf.position()
        buf.position(at + len)
        return String(buf.array(), buf.arrayOffset() + at, len, Charsets.UTF_8)
    }
