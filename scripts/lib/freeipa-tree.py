"""freeipa-tree.py SOURCE URL PASSWORD LIBARCH (configuration|tree)

Puts FreeIPA's own configuration, tree and access rules, as its sources in SOURCE have them, into a 389-ds without
data for dc=example,dc=org. In two steps, with a start of the server after each, in the order of FreeIPA's installer
(ipaserver/install/dsinstance.py, ldapupdate.py). Exits with a status other than zero at the first thing refused.
"""

import re
import subprocess
import sys
import uuid
from pathlib import Path

import ldap
import ldap.modlist

SUFFIX = "dc=example,dc=org"
SOURCE, URL, PASSWORD, LIBARCH, STEP = sys.argv[1:]
MANAGER = "cn=Directory Manager"

# What FreeIPA's installer puts in (get_sub_dict of ldapupdate.py).
VALUES = {
    "SUFFIX": SUFFIX, "ESCAPED_SUFFIX": SUFFIX, "REALM": "EXAMPLE.ORG", "DOMAIN": "example.org",
    "FQDN": "ipa.example.org", "HOST": "ipa.example.org", "LIBARCH": LIBARCH, "TIME": "0", "FIPS": "",
    "IDSTART": "60001", "IDMAX": "260000", "IDRANGE_SIZE": "200000", "DEFAULT_SHELL": "/bin/sh",
    "DEFAULT_ADMIN_SHELL": "/bin/bash", "DOMAIN_HASH": "1", "SUBID_RANGE_START": "2147483648",
    "SUBID_RANGE_SIZE": "2147352576", "SUBID_BASE_RID": "2147283648", "SELINUX_USERMAP_ORDER": "unconfined_u:s0",
    "SELINUX_USERMAP_DEFAULT": "unconfined_u:s0",
}

CONFIGURATION = [
    "share/memberof-conf.ldif", "share/unique-attributes.ldif", "share/entryusn.ldif", "share/referint-conf.ldif",
    "share/repoint-managed-entries.ldif",
    "updates/10-uniqueness.update", "updates/20-indices.update",
    "updates/20-syncrepl.update", "updates/80-schema_compat.update",
]
TREE = [
    "share/bootstrap-template.ldif", "share/default-aci.ldif", "share/delegation.ldif",
    "share/managed-entries.ldif", "share/user_private_groups.ldif", "share/kerberos.ldif",
    "updates/10-config.update", "updates/20-aci.update", "updates/20-user_private_groups.update",
    "updates/30-provisioning.update",
]


def filled_in(text):
    """With the values, and with what ipa-uuid would make: it is a plug-in that is not there."""
    text = text.replace("$$", "\0")
    text = re.sub(r"\$\{?([A-Z][A-Z_]*)\}?", lambda name: VALUES[name[1]], text).replace("\0", "$")
    text = re.sub(r"eval\(([0-9+* -]+)\)", lambda sum: str(eval(sum[1])), text)
    # Of groups that the managed-entries plug-in makes: these would all get the same.
    text = re.sub(r"(?im)^mepStaticAttr: (ipaUniqueId: autogenerate|objectclass: ipaobject)\n", "", text)
    return re.sub(r"(?im)^(ipauniqueid: *)autogenerate", lambda name: name[1] + str(uuid.uuid1()), text)


def ldapmodify(ldif):
    command = ["ldapmodify", "-x", "-H", URL, "-D", MANAGER, "-w", PASSWORD]
    done = subprocess.run(command, input=ldif, text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(f"refused: {done.stderr}")


def lines_of(text):
    """Without comments, continued lines joined; an empty one between entries."""
    kept = [line for line in text.splitlines() if not line.startswith("#")]
    return "\n".join(kept).replace("\n ", "").splitlines()


def updates(text):
    """Of an .update file: [(DN, [(verb, attribute, value)])]."""
    found = []
    for line in lines_of(text):
        if match := re.match(r"dn:(.*)", line, re.I):
            found.append((match[1].strip(), []))
        elif line.startswith("deleteentry:"):
            found[-1][1].append(("deleteentry", "", ""))
        elif match := re.match(r"(\w+): *([^:]+?) *:(:?)(.*)", line):
            assert not match[3], f"base64 in {line}"
            value = match[4].strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[-1][1].append((match[1].lower(), match[2], value[1:-1] if quoted else value))
        elif line.strip():
            raise SystemExit(f"not understood: {line}")
    return found


def apply(server, dn, changes):
    """As ldapupdate.py does, of its verbs those that the files above use."""
    try:
        (_, before), = server.search_s(dn, ldap.SCOPE_BASE, "(objectClass=*)", ["*", "aci"])
    except ldap.NO_SUCH_OBJECT:
        before = None
    if any(verb == "deleteentry" for verb, _, _ in changes):
        return None if before is None else server.delete_s(dn)
    entry = {}
    for name, values in (before or {}).items():
        entry[name.lower()] = [value.decode() for value in values]
    for verb, name, value in changes:
        values = entry.setdefault(name.lower(), [])
        if verb == "default":
            if before is None:
                values.append(value)
        elif verb == "addifexist" and before is None:
            continue
        elif verb in ("add", "addifexist") or (verb == "addifnew" and not values):
            if value.lower() not in (known.lower() for known in values):
                values.append(value)
        elif verb == "only":
            entry[name.lower()] = [value]
        elif verb == "remove":
            entry[name.lower()] = [known for known in values if known.lower() != value.lower()]
        elif verb == "replace":
            old, new = value.split("::")
            entry[name.lower()] = [new if known == old else known for known in values]
        elif verb != "addifnew":
            raise SystemExit(f"a verb that is not known: {verb} ({dn})")
    wanted = {name: [value.encode() for value in values] for name, values in entry.items() if values}
    if before is not None:
        known = {name.lower(): values for name, values in before.items()}
        changed = [name for name in {**known, **wanted} if set(known.get(name, [])) != set(wanted.get(name, []))]
        if changed:
            server.modify_s(dn, [(ldap.MOD_REPLACE, name, wanted.get(name)) for name in changed])
    elif "objectclass" in wanted:
        server.add_s(dn, ldap.modlist.addModlist(wanted))


def permissions(server):
    """FreeIPA's managed permissions, which it writes down in ACI.txt: those of the branches that are there."""
    given = 0
    lines = iter(lines_of(Path(SOURCE, "ACI.txt").read_text().replace("dc=ipa,dc=example", SUFFIX)))
    for line in lines:
        if not line.startswith("dn: "):
            continue
        aci = next(lines).removeprefix("aci: ").encode()
        try:
            server.modify_s(line.removeprefix("dn: "), [(ldap.MOD_ADD, "aci", aci)])
            given += 1
        except (ldap.NO_SUCH_OBJECT, ldap.TYPE_OR_VALUE_EXISTS):
            continue
    print(f"FreeIPA's permissions given: {given}")
    assert given > 100


def main():
    server = ldap.initialize(URL)
    server.simple_bind_s(MANAGER, PASSWORD)
    if STEP == "tree":
        # As lib389's IpaDomain, which FreeIPA's installer calls.
        kind = [(ldap.MOD_ADD, "objectClass", b"pilotObject"), (ldap.MOD_ADD, "info", b"IPA V2.0")]
        server.modify_s(SUFFIX, kind)
    for name in CONFIGURATION if STEP == "configuration" else TREE:
        text = filled_in(Path(SOURCE, "install", name).read_text())
        try:
            if name.endswith(".update"):
                for dn, changes in updates(text):
                    apply(server, dn, changes)
            else:
                ldapmodify(text)
        except (ldap.LDAPError, SystemExit) as error:
            raise SystemExit(f"{name}: {error}") from error
    if STEP == "tree":
        permissions(server)


main()
