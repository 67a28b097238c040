#!/bin/sh
# The perl that openssl-src runs (OPENSSL_SRC_PERL in .cargo/config.toml): perl, with fewer parts asked of OpenSSL's own
# Configure. A vault needs AES-256-CBC, HMAC and PBKDF2 with SHA-512, and randomness; OpenSSL's provider names every
# algorithm that was built, so a linker alone leaves none of them out. No source is changed, the version stays
# openssl-src's to choose. One already built is not built again by an edit here: `cargo clean -p openssl-sys`.
set -eu

perl=${PERL:-perl}
if [ "${1-}" != ./Configure ]; then
    exec "$perl" "$@"
fi

# `no-bulk` is OpenSSL's own word for whatever is not indispensable. The others, in order: what it keeps all the same and
# no page of a vault is encrypted with; protocols; files and sockets (no openssl.cnf of a machine is believed); texts of
# mistakes, which are shown and logged nowhere.
"$perl" "$@" \
    no-bulk no-argon2 no-deprecated no-ec no-integrity-only-ciphers no-legacy no-rfc3779 no-scrypt no-slh-dsa \
    no-dtls no-http no-quic no-tls \
    no-apps no-autoload-config no-docs no-posix-io no-secure-memory no-sock no-stdio no-thread-pool \
    no-err \
    -Os

# AES-GCM, AES-XTS, AES-CFB and RSA in AVX-512 are 0.8 MB, on x86 alone, and nothing here calls them. OpenSSL's own
# generators write stubs where the assembler is too old for them: they ask the compiler for its version, and are told an
# old one. All else (SHA-512 in AVX2, AES-NI) asks the true one later.
sed -nE 's/^(crypto\/[^ :]*avx(512|ifma)\.s):.*/\1/p' Makefile | sort -u | while read -r file; do
    "${MAKE:-make}" 'CC=echo GNU assembler version 2.20' "$file"
done
