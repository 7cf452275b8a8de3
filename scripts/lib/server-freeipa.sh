# Sourced by test-directories, after server-389ds.sh: FreeIPA's directory server, as far as Debian carries it.
# shellcheck shell=bash
#
# FreeIPA's directory server is 389-ds with its own schema, tree, access rules and plug-ins. Debian 12 has 389-ds,
# slapi-nis (the compat tree) and FreeIPA's source, not its server. So the source is fetched at run time, and what of
# it is data is loaded. FREEIPA_SOURCE names a folder or an archive of it to be used instead.

freeipa_port=
freeipa_reader_password=Reader.Passw0rd.456

# freeipa_start FOLDER
freeipa_start() {
    local prefix=$1/freeipa source=$1/freeipa-source libarch
    freeipa_source "$source" || return 1
    freeipa_port=$(free_port)
    ds389_make "$prefix" "$freeipa_port" || return 1
    freeipa_schema "$source" "$prefix/etc/dirsrv/slapd-test/schema" || return 1
    ds389_run "$prefix" "$freeipa_port" || return 1
    libarch=$(dpkg -L slapi-nis | sed -n 's#^/usr/lib\(.*\)/dirsrv/plugins/schemacompat-plugin.so$#\1#p')
    freeipa_load "$source" "$libarch" configuration || return 1
    ds389_halt "$prefix"
    ds389_run "$prefix" "$freeipa_port" || return 1
    freeipa_load "$source" "$libarch" tree || return 1
    freeipa_readers || return 1
    freeipa_await_compat || return 1
    cat <<SAID
It is 389-ds with the schema, tree and access rules of FreeIPA $(freeipa_version "$source"), and its settings of
memberOf, managed entries, uniqueness, content sync and the compat tree. NOT there: the KDC; the ipa-* plug-ins (ids
are made as ipa-uuid would, passwords and expiry are not enforced at the bind); replication; the ipa commands, whose
changes the tests make with ldapmodify.
SAID
}

freeipa_stop() { ds389_halt "$1/freeipa"; }

# freeipa_source FOLDER: FreeIPA's source in it, as much of it as is used.
freeipa_source() {
    local folder=$1 archive=${FREEIPA_SOURCE:-}
    mkdir -p "$folder"
    if [ -d "$archive" ]; then
        cp -r "$archive"/{install,ipaserver,ACI.txt,VERSION.m4} "$folder/" || return 1
        return 0
    fi
    if [ -z "$archive" ]; then
        freeipa_download "$folder" || return 1
        archive=$(echo "$folder"/freeipa_*.orig.tar.*)
    fi
    tar -xf "$archive" -C "$folder" --strip-components=1 --wildcards '*/install/share/*.ldif' \
        '*/install/updates/*.update' '*/ipaserver/install/dsinstance.py' '*/ACI.txt' '*/VERSION.m4'
}

# freeipa_download FOLDER: from the archives that apt is set up with, signatures and all. Those seldom have deb-src
# lines, so this has lists of its own.
freeipa_download() {
    local home=$1/apt key=/usr/share/keyrings/debian-archive-keyring.gpg options
    mkdir -p "$home"/{lists/partial,cache/archives/partial,parts}
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
        grep -E '/debian(-security)?/? ' | sed "s#^#deb-src [signed-by=$key] #" >"$home/parts/source.list"
    options=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$home/parts"
        -o "Dir::State::Lists=$home/lists" -o "Dir::Cache=$home/cache" -o APT::Sandbox::User=root -qq)
    if ! (apt-get "${options[@]}" update && cd "$1" && apt-get "${options[@]}" source --download-only freeipa) \
        >"$home/log" 2>&1; then
        tail -5 "$home/log" >&2
        echo "FreeIPA's source cannot be had from here. FREEIPA_SOURCE=… names a folder or an archive of it." >&2
        return 1
    fi
}

freeipa_version() {
    sed -n -E 's/^define\(IPA_VERSION_(MAJOR|MINOR|RELEASE), *([0-9]+).*/\2/p' "$1/VERSION.m4" | paste -sd.
}

# freeipa_schema SOURCE FOLDER: the files that its installer names.
freeipa_schema() {
    local file
    local installer=$1/ipaserver/install/dsinstance.py
    for file in $(sed -n '/^IPA_SCHEMA_FILES/,/)/p' "$installer" | grep -o '[0-9a-z-]*\.ldif'); do
        cp "$1/install/share/$file" "$2/" || return 1
    done
    [ -e "$2/60basev2.ldif" ] || { echo "this source has no FreeIPA schema" >&2; return 1; }
}

# freeipa_load SOURCE LIBARCH STEP
freeipa_load() {
    /usr/bin/python3 scripts/lib/freeipa-tree.py "$1" "ldap://127.0.0.1:$freeipa_port" "$ds389_password" "$2" "$3"
}

# The compat tree is built a few seconds after the start.
freeipa_await_compat() {
    local try base=cn=users,cn=compat,dc=example,dc=org
    for ((try = 0; try < 300; try++)); do
        ! ldapsearch -x -LLL -H "ldap://127.0.0.1:$freeipa_port" -b "$base" uid=admin dn 2>/dev/null |
            grep -q '^dn' || return 0
        sleep 0.1
    done
    echo "there is no compat tree" >&2
    return 1
}

# Two system accounts, as FreeIPA's manual has them made: one with nothing but the rights of everybody who binds, and
# one with a role that holds FreeIPA's permission to read preserved users.
freeipa_readers() {
    local permission='cn=System: Read Preserved Users,cn=permissions,cn=pbac,dc=example,dc=org'
    ldapmodify -x -a -H "ldap://127.0.0.1:$freeipa_port" -D 'cn=Directory Manager' -w "$ds389_password" \
        >/dev/null <<LDIF
dn: uid=reader,cn=sysaccounts,cn=etc,dc=example,dc=org
objectClass: account
objectClass: simpleSecurityObject
uid: reader
userPassword: $freeipa_reader_password

dn: uid=keeper,cn=sysaccounts,cn=etc,dc=example,dc=org
objectClass: account
objectClass: simpleSecurityObject
uid: keeper
userPassword: $freeipa_reader_password

dn: cn=Keepers,cn=roles,cn=accounts,dc=example,dc=org
objectClass: groupOfNames
objectClass: nestedGroup
cn: Keepers
member: uid=keeper,cn=sysaccounts,cn=etc,dc=example,dc=org

dn: cn=Keepers,cn=privileges,cn=pbac,dc=example,dc=org
objectClass: groupOfNames
objectClass: nestedGroup
cn: Keepers
member: cn=Keepers,cn=roles,cn=accounts,dc=example,dc=org

dn: $permission
objectClass: groupOfNames
objectClass: ipaPermission
objectClass: ipaPermissionV2
cn: System: Read Preserved Users
ipaPermLocation: cn=deleted users,cn=accounts,cn=provisioning,dc=example,dc=org
ipaPermBindRuleType: permission
ipaPermissionType: SYSTEM
ipaPermissionType: V2
ipaPermissionType: MANAGED
member: cn=Keepers,cn=privileges,cn=pbac,dc=example,dc=org
LDIF
}
