#!/usr/bin/env bash
# Runs `swift ARGUMENTS` in a package folder: the machine's own Swift where there is one, else Debian 13's in a folder
# of its own beside the checkout's caches (3.3 GB, made once).
#   scripts/swift.sh PACKAGE_FOLDER build|test ...
set -euo pipefail

checkout=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
root=${BELAY_SWIFT_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/belay/swift}

mirror() {
    sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1
}

# Whether there is one. What it holds are links that lead nowhere from out here.
has_root() { [ -L "$root/usr/bin/swift" ] || [ -x "$root/usr/bin/swift" ]; }

# Called bare, so that a command that fails ends it all.
make_root() {
    local from
    from=$(mirror)
    echo "No Swift here: installing Debian 13's into a folder of its own (3.3 GB, once)." >&2
    command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap >&2
    rm -rf "$root.part"
    mkdir -p "$(dirname "$root")"
    debootstrap --variant=minbase --include=ca-certificates trixie "$root.part" "$from" >&2
    within "$root.part" sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends \
        swiftlang libc6-dev libstdc++-14-dev gcc' >&2
    mv -T "$root.part" "$root"
}

# within ROOT COMMAND...: with what swiftc needs mounted, in a mount namespace of its own, so that nothing stays mounted
# whatever happens.
within() {
    local at=$1
    shift
    mkdir -p "$at/checkout"
    # Its words are the inner shell's to expand.
    # shellcheck disable=SC2016
    unshare --mount -- bash -euc '
        mount --make-rprivate /
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        mount --bind "$2" "$1/checkout"
        exec chroot "$1" "${@:3}"' _ "$at" "$checkout" "$@"
}

folder=$1
shift
# BELAY_NATIVE: a folder with another native library, from the top of the checkout.
if command -v swift >/dev/null; then
    if [ -n "${BELAY_NATIVE-}" ]; then export LD_LIBRARY_PATH=$checkout/$BELAY_NATIVE; fi
    exec swift "$1" --package-path "$checkout/$folder" "${@:2}"
fi
if ! has_root; then
    if [ "$(id -u)" -ne 0 ] || [ -z "$(mirror)" ]; then
        echo "There is no Swift here, and it can only be installed by root on Debian." >&2
        exit 1
    fi
    make_root
fi
# A program that runs there stands where its caller stands, and outside the checkout in its package: what it writes
# without a full path is found again.
case $PWD/ in
    "$checkout"/*) place=${PWD#"$checkout"} ;;
    *) place=/$folder ;;
esac
within "$root" env "--chdir=/checkout$place" HOME=/root \
    "LD_LIBRARY_PATH=/checkout/${BELAY_NATIVE:-${CARGO_TARGET_DIR:-target}/bindings/native}" \
    swift "$1" --package-path "/checkout/$folder" "${@:2}"
