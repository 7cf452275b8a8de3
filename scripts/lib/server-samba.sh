# Sourced by test-directories: a Samba domain controller of one's own, on a loopback address, in a folder of its own.
# shellcheck shell=bash
#
# Samba has no setting for LDAP's port, so it gets an address of its own instead of a port. Needs root.

samba_address=
samba_password=Passw0rd.123
samba_reader_password=Reader.Passw0rd.456

# samba_start FOLDER
samba_start() {
    local home=$1/samba
    samba_address=127.0.$((RANDOM % 250 + 3)).$((RANDOM % 250 + 3))
    mkdir -p "$home"/{private,lock,state,cache,run,bind-dns,log,ncalrpc,sysvol}
    # Its own from the start: else the provision takes Debian's as its pattern.
    cat >"$home/smb.conf" <<CONF
[global]
  netbios name = DC1
  realm = TEST.EXAMPLE.ORG
  workgroup = TEST
  server role = active directory domain controller
  interfaces = $samba_address/8
  bind interfaces only = yes
  server services = ldap, cldap
  ldap server require strong auth = no
  private dir = $home/private
  lock directory = $home/lock
  state directory = $home/state
  cache directory = $home/cache
  pid directory = $home/run
  binddns dir = $home/bind-dns
  ncalrpc dir = $home/ncalrpc
  log file = $home/log/%m
  posix:eadb = $home/private/eadb.tdb
  vfs objects = dfs_samba4 acl_xattr xattr_tdb
  xattr_tdb:file = $home/private/xattr.tdb
  load printers = no
  printing = bsd
[sysvol]
  path = $home/state/sysvol
[netlogon]
  path = $home/state/sysvol/test.example.org/scripts
CONF
    samba-tool domain provision -s "$home/smb.conf" --realm=TEST.EXAMPLE.ORG --domain=TEST --server-role=dc \
        --dns-backend=NONE --adminpass="$samba_password" --host-name=dc1 --host-ip="$samba_address" \
        >"$home/provision.log" 2>&1 || { tail -5 "$home/provision.log" >&2; return 1; }
    # An ordinary account, which has no right to list what was deleted.
    samba-tool user create reader "$samba_reader_password" -s "$home/smb.conf" >>"$home/provision.log" 2>&1 ||
        { tail -5 "$home/provision.log" >&2; return 1; }
    samba -s "$home/smb.conf" -D -M prefork </dev/null >"$home/start.log" 2>&1 ||
        { cat "$home/start.log" >&2; return 1; }
    await_answer "ldap://$samba_address"
}

samba_stop() { stop_by_file "$1/samba/run/samba.pid"; }
