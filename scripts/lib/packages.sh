# Sourced by the scripts beside it: installs the Debian packages that are missing, and says so.
# shellcheck shell=bash

# need_packages WHY PACKAGE...
need_packages() {
    local why=$1 package
    local -a missing=()
    shift
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    local -a root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "Needs root or sudo to install: ${missing[*]}" >&2; return 1; }
        root=(sudo)
    fi
    echo "Installing Debian packages ($why): ${missing[*]}"
    "${root[@]}" apt-get update -qq
    # Debian's slapd would set up a directory of its own, and start it now and at each boot.
    if command -v debconf-set-selections >/dev/null; then
        echo 'slapd slapd/no_configuration boolean true' | "${root[@]}" debconf-set-selections
    fi
    # Servers that come with packages must not start by themselves: ours run on sockets of their own.
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
        "${root[@]}" chmod 755 "$policy"
        made=yes
    fi
    # In a shell of its own, so that an interruption takes the policy away as well.
    (
        [ -z "$made" ] || trap '"${root[@]}" rm -f "$policy"' EXIT
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            "${missing[@]}" >/dev/null
    )
}

# need_swift
need_swift() {
    command -v swift >/dev/null && return 0
    echo "No Swift toolchain found: install Swift 6.2 or later (https://www.swift.org/install/linux/)" >&2
    return 1
}
