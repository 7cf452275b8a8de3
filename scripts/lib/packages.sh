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
    # Servers that come with packages must not start by themselves: ours run on sockets of their own.
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
        "${root[@]}" chmod 755 "$policy"
        made=yes
    fi
    local status=0
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >/dev/null || status=$?
    [ -z "$made" ] || "${root[@]}" rm -f "$policy"
    return "$status"
}

# need_swift
need_swift() {
    command -v swift >/dev/null && return 0
    echo "No Swift toolchain found: install Swift 6.2 or later (https://www.swift.org/install/linux/)" >&2
    return 1
}
