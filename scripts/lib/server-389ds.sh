# Sourced by test-directories: a 389 Directory Server of one's own, on loopback, in a folder of its own.
# shellcheck shell=bash
#
# lib389 looks for everything where defaults.inf says; with PREFIX it reads a copy of it, in which every place is
# ours and there is no systemd. Needs root: dscreate(8) refuses to run without.

ds389_port=
ds389_password=Directory_Manager_1

# ds389_start FOLDER
ds389_start() {
    local prefix=$1/389
    ds389_port=$(free_port)
    ds389_make "$prefix" "$ds389_port" || return 1
    ds389_run "$prefix" "$ds389_port" || return 1
    # Without these two it cannot tell what changed (RFC 4533); they count from the next start on.
    ldapmodify -x -H "ldap://127.0.0.1:$ds389_port" -D 'cn=Directory Manager' -w "$ds389_password" \
        >/dev/null <<'LDIF' || return 1
dn: cn=Retro Changelog Plugin,cn=plugins,cn=config
changetype: modify
replace: nsslapd-pluginEnabled
nsslapd-pluginEnabled: on
-
add: nsslapd-attribute
nsslapd-attribute: nsuniqueid:targetUniqueId

dn: cn=Content Synchronization,cn=plugins,cn=config
changetype: modify
replace: nsslapd-pluginEnabled
nsslapd-pluginEnabled: on
LDIF
    ds389_halt "$prefix"
    ds389_run "$prefix" "$ds389_port"
}

ds389_stop() { ds389_halt "$1/389"; }

# ds389_make PREFIX PORT: an instance on loopback alone, not running yet.
ds389_make() {
    local prefix=$1 port=$2 conf=$1/etc/dirsrv/slapd-test
    mkdir -p "$prefix"/{etc/default,var/lib/dirsrv,var/log/dirsrv,run/dirsrv,run/lock/dirsrv,shm,tmp} \
        "$prefix/etc/dirsrv" "$prefix/share/dirsrv/inf"
    sed -E -e "s#= /(dev/)?(etc|var|run|tmp|shm)\\b#= $prefix/\\2#" -e 's#^(with_systemd) = .*#\1 = 0#' \
        -e "s#^(inst_dir) = .*#\1 = $prefix/inst/slapd-{instance_name}#" -e 's#^(user|group) = .*#\1 = root#' \
        /usr/share/dirsrv/inf/defaults.inf >"$prefix/share/dirsrv/inf/defaults.inf"
    ln -sfn /etc/dirsrv/config "$prefix/etc/dirsrv/config"
    ln -sfn /etc/dirsrv/schema "$prefix/etc/dirsrv/schema"
    cat >"$prefix/answers.inf" <<INF
[general]
full_machine_name = localhost.localdomain
strict_host_checking = False
systemd = False
selinux = False
start = True
[slapd]
instance_name = test
root_password = $ds389_password
user = root
group = root
port = $port
secure_port = $(free_port)
self_sign_cert = False
[backend-userroot]
suffix = dc=example,dc=org
sample_entries = no
create_suffix_entry = True
INF
    # Its first start listens on every address: so in a network of its own.
    # shellcheck disable=SC2016
    unshare -n sh -c 'ip link set lo up; PREFIX="$1" exec dscreate -v from-file "$2"' sh \
        "$prefix" "$prefix/answers.inf" </dev/null >"$prefix/dscreate.log" 2>&1 ||
        { tail -5 "$prefix/dscreate.log" >&2; return 1; }
    ds389_halt "$prefix"
    sed -i -e '/^nsslapd-\(secure\)\?listenhost:/d' -e '/^nsslapd-security: on/d' \
        -e 's/^nsslapd-port: .*/&\nnsslapd-listenhost: 127.0.0.1\nnsslapd-securelistenhost: 127.0.0.1/' \
        "$conf/dse.ldif"
}

# ds389_run PREFIX PORT
ds389_run() {
    ns-slapd -D "$1/etc/dirsrv/slapd-test" -i "$1/run/dirsrv/slapd-test.pid" </dev/null \
        >"$1/start.log" 2>&1 || { cat "$1/start.log" >&2; return 1; }
    await_answer "ldap://127.0.0.1:$2"
}

# ds389_halt PREFIX
ds389_halt() { stop_by_file "$1/run/dirsrv/slapd-test.pid"; }
