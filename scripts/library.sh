#!/usr/bin/env bash
# Builds the library that an app carries (profile phone), and prints where it lies.
#   scripts/library.sh                a shared library for this machine
#   scripts/library.sh TARGET         for another, e.g. aarch64-linux-android or aarch64-apple-ios, where cargo can link for it
#   scripts/library.sh --as-android   for this machine, linked as for Android: to be measured, it cannot be loaded here
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

package=belay-ffi
target=${1-}
folder=${CARGO_TARGET_DIR:-target}
arguments=(--quiet --locked --profile phone -p "$package" --lib)
case "$target" in
    "" | --as-android) folder=$folder/phone ;;
    *)
        arguments+=(--target "$target")
        folder=$folder/$target/phone
        ;;
esac

# Packed relocations: 16,000 of 24 bytes each, of which a seventh is left in the form that Android reads from API 23.
packed=(-C "link-arg=-Wl,--pack-dyn-relocs=android")
# For this machine in the form that glibc reads from 2.36; what is built here for here is not carried to an older one.
glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null || true)
packed_here=()
if [ -z "$target" ] && printf '%s\n' "glibc 2.36" "$glibc" | sort -CV; then
    packed_here=(-C "link-arg=-Wl,-z,pack-relative-relocs")
fi
shared=(-C "link-arg=-Wl,-O2" -C "link-arg=-Wl,-T,$PWD/bindings/carried.ld")
case "${target:-$(uname -s)}" in
    *apple* | Darwin) kind=staticlib library=libbelay_ffi.a shared=() ;;
    --as-android | *-android*) kind=cdylib library=libbelay_ffi.so shared+=("${packed[@]}") ;;
    *) kind=cdylib library=libbelay_ffi.so shared+=("${packed_here[@]}") ;;
esac

# No panic passes through C: it calls nothing of ours back. Tables for that are 0.3 MB.
export CFLAGS="${CFLAGS-} -fno-asynchronous-unwind-tables"

# The crate itself is a plain library: who ships it says what it is to become (core/DESIGN.md).
cargo rustc "${arguments[@]}" --crate-type "$kind" -- "${shared[@]}" >&2
echo "$folder/$library"
