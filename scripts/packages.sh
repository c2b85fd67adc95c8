# What ./run and ./test need of the machine: sourced by both. Debian and its relatives; elsewhere it says what is missing.
# shellcheck shell=bash

die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }
say() { printf '\033[2m· %s\033[0m\n' "$*" >&2; }

has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; }
has_opj() { command -v opj_compress >/dev/null; }
has_iip() { [[ -x /usr/lib/iipimage-server/iipsrv.fcgi ]]; }
has_lighttpd() { [[ -x /usr/sbin/lighttpd ]]; }
has_varnish() { [[ -x /usr/sbin/varnishd ]] && compgen -G '/usr/lib/*/varnish/vmods/libvmod_xkey.so' >/dev/null; }
has_chromium() { [[ -x /usr/bin/chromium ]]; }
has_node() { [[ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 20 ]]; }

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "as root, please: $*"
    fi
}

apt_install() {
    command -v apt-get >/dev/null || die "this needs $*, and there is no apt-get to install it with"
    say "installing with apt-get: $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 && return
    # A fresh image has no package lists yet.
    as_root apt-get update -q >/dev/null || die "apt-get update failed"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null || die "apt-get could not install $*"
}

require_dotnet() {
    command -v dotnet >/dev/null || die "the .NET 10 SDK is not on the PATH"
    dotnet --version >/dev/null 2>&1 || die "the .NET SDK here is not $(grep -o '"version": *"[^"]*"' global.json) or newer"
    # A built program looks for the runtime in the usual places only, not where the SDK on the PATH is.
    DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
    export DOTNET_ROOT DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}

# Says something only when it fails.
build_release() {
    local said
    said=$(dotnet build "$1" -c Release -v q -nologo -tl:off 2>&1) || { printf '%s\n' "$said" >&2; die "$1 does not build"; }
}

# Only the programs: while Debian's package is installed it is told not to make and start a cluster that nobody asked for.
require_postgres() {
    has_postgres && return
    local drop_in=/etc/postgresql-common/createcluster.d/understudy.conf
    as_root mkdir -p "${drop_in%/*}"
    echo 'create_main_cluster = false' | as_root tee "$drop_in" >/dev/null
    apt_install postgresql
    as_root rm -f "$drop_in"
}

require_opj() { has_opj || apt_install libopenjp2-tools; }

# Only the programs: Debian's packages would start services, iipsrv's on all addresses, now and whenever the machine boots.
require_iip() {
    local -a packages=() services=()
    has_iip || { packages+=(iipimage-server); services+=(iipsrv); }
    has_lighttpd || { packages+=(lighttpd); services+=(lighttpd); }
    [[ ${#packages[@]} -gt 0 ]] || return 0
    install_unstarted "${packages[@]}"
    ! command -v systemctl >/dev/null || as_root systemctl disable "${services[@]}" >/dev/null 2>&1 || true
}

# The program only, as above; tests start their own on loopback.
require_varnish() {
    has_varnish && return
    install_unstarted varnish varnish-modules
    ! command -v systemctl >/dev/null || as_root systemctl disable varnish varnishncsa >/dev/null 2>&1 || true
}

# The browser in which the dashboard is tested.
require_chromium() { has_chromium || apt_install chromium; }

# Debian's way to say that no service starts while it installs. A policy that is there already is its owner's.
install_unstarted() {
    local policy=/usr/sbin/policy-rc.d
    if [[ -e $policy ]]; then
        apt_install "$@"
        return
    fi
    (
        trap 'as_root rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        apt_install "$@"
    ) || exit
}

# Debian's Node can be too old for the emulator; then npm brings a newer binary, which stays in a folder of ours.
# Afterwards $NODE is a Node of version 20 or newer.
require_node() {
    NODE=$(command -v node || true)
    command -v npm >/dev/null || apt_install npm
    has_node "${NODE:-node}" && return
    local arch=x64 folder=$PWD/.run/node
    [[ "$(uname -m)" == aarch64 ]] && arch=arm64
    NODE=$folder/node_modules/node-linux-$arch/bin/node
    has_node "$NODE" && return
    say "installing Node 20 in .run/node"
    npm install --prefix "$folder" --no-save --no-audit --no-fund --loglevel=error "node-linux-$arch@20" >/dev/null
    has_node "$NODE" || die "npm's node-linux-$arch@20 does not run here"
}

# What the folder's package-lock.json lists, if that is newer than what is there. Needs Node on the PATH.
npm_packages() {
    local stamp=$1/node_modules/.package-lock.json
    [[ $stamp -nt $1/package-lock.json ]] && return
    say "npm ci in $1"
    (cd "$1" && npm ci --loglevel=error --no-audit --no-fund >/dev/null)
    touch "$stamp"
}
