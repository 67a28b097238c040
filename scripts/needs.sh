# shellcheck shell=bash
# Sourced by ./belay and ./check: makes sure of what the build needs, or says what to do.

# SQLCipher and OpenSSL are built from source: a C compiler with its headers, make, and Perl with its modules
# (Debian's perl-base has the program and lacks the modules).
missing_tools() {
    # A string, not a list: the bash of macOS takes an empty list for an unset one.
    local missing=""
    printf '#include <stdlib.h>\nint main(void){return 0;}\n' | cc -x c -fsyntax-only - 2>/dev/null || missing+=" gcc libc6-dev"
    command -v make >/dev/null || missing+=" make"
    perl -MIPC::Cmd -MFile::Compare -e 1 2>/dev/null || missing+=" perl"
    echo "${missing# }"
}

install_on_debian() {
    local as_root=env
    if [ "$(id -u)" -ne 0 ]; then
        # -n: never ask for a password; there may be nobody to type it.
        sudo -n true 2>/dev/null || return 1
        as_root="sudo -n env"
    fi
    echo "Missing here: $*. Installing with apt-get." >&2
    # Old package lists may still do.
    $as_root apt-get update -qq >&2 || true
    $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

need_c() {
    local missing
    missing=$(missing_tools)
    [ -z "$missing" ] && return 0
    # The list is words of ours, split on purpose.
    # shellcheck disable=SC2086
    if command -v apt-get >/dev/null && install_on_debian $missing && [ -z "$(missing_tools)" ]; then
        return 0
    fi
    {
        echo "The build needs a C compiler with its headers, make and Perl. Missing here: $missing."
        echo "  Debian, Ubuntu:  sudo apt-get install gcc libc6-dev make perl"
        echo "  Fedora:          sudo dnf install gcc make perl"
        echo "  macOS:           xcode-select --install"
        echo "Then run this again."
    } >&2
    return 1
}

need_rust() {
    # rustup puts cargo where a new shell looks, and this shell may be an old one.
    command -v cargo >/dev/null || PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    local least have
    least=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$1/Cargo.toml")
    if ! command -v cargo >/dev/null; then
        {
            echo "The build needs Rust $least or newer, and there is no cargo here."
            echo "Install rustup (https://rustup.rs), then run: rustup toolchain install stable"
            echo "Then run this again."
        } >&2
        return 1
    fi
    have=$(cargo --version | cut -d ' ' -f 2)
    if [ "$(printf '%s\n%s\n' "$least" "$have" | sort -V | head -n 1)" != "$least" ]; then
        echo "The build needs Rust $least or newer; here is $have. Run: rustup update stable" >&2
        return 1
    fi
}
