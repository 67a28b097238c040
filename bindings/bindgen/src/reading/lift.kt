    fun liftFromRustBuffer(rbuf: RustBuffer.ByValue): KotlinType {
        var bytes: ByteArray? = null
        try {
            // One copy for all of it: texts are read out of an array without another. It is wiped like what it is of.
            val copied = rbuf.data?.getByteArray(0, Math.toIntExact(rbuf.len)) ?: ByteArray(0)
            bytes = copied
            val byteBuf = ByteBuffer.wrap(copied)
            val item = read(byteBuf)
            if (byteBuf.hasRemaining()) {
                throw RuntimeException("more than was asked for")
            }
            return item
        } finally {
            RustBuffer.free(rbuf)
            bytes?.fill(0)
        }
    }
