@testable import tokenagent

/// The configuration of the documentation, whole, without the HTTP bridge.
let documentedYAML = """
    socket:
      path: /run/tokenagent/tokenagent.sock
      mode: "0660"
      group: tokenagent-clients
    storage:
      path: /var/lib/tokenagent/tokenagent.sqlite
      seal_key_file: null              # default: $CREDENTIALS_DIRECTORY/seal.key, else beside the database
    directories:
      - name: corp                     # also the realm shown to IQ clients
        url: ldaps://ldap1.example.org # or a list, tried in order; ldap://, ldapi://, file:///…/people.ldif
        start_tls: false
        ca_file: null
        allow_cleartext: false
        bind: simple                   # or external: ldapi peer, or client certificate
        bind_dn: cn=reader,dc=example,dc=org
        bind_password_file: /etc/tokenagent/corp.password
        base: ou=people,dc=example,dc=org
        filter: (objectClass=inetOrgPerson)
        id: auto                       # entryUUID, objectGUID, nsUniqueId, … as the server has it
        login: uid
        email: mail
        display_name: cn
        disabled: auto                 # the built-in rules; or {attribute: …, value: …}
        canary: null                   # a login that must be in every complete reading
        enumerate: true                # false: owners only
        sync: {full_interval: 24h, changes_interval: 5m, persist: auto, deadline: 30m, page_size: 500}
        guard: {removals_max: 10, removals_percent_max: 5, drop_percent_max: 20}
    access:                            # who holds which role; rules add up
      - {role: admin, users: [root], groups: [tokenagent-admins], logins: [], directory_filter: null}
      - {role: verifier, users: ["*"]} # whoever the socket's mode lets connect
      - {role: self, users: ["*"]}     # directory people, for their own tokens
    tokens: {default_expiry: null, max_expiry: null}
    purge: {auto: true, grace: 24h, tombstone: 30d, expired_after: 30d}
    limits:
      {tokens_per_owner: 50, connections: 1024, connections_per_uid: 128, line_bytes: 65536, in_flight: 256}
    log: {level: info, format: text}   # or json
    """

/// A directory that is all right, for tests that spoil one thing about it.
func directoryYAML(_ lines: String..., without removed: String...) -> String {
    let replaced = lines.compactMap { $0.split(separator: ":").first }.map(String.init) + removed
    let usual = ["name: corp", "url: ldaps://ldap.example.org", "base: dc=example,dc=org"].filter { line in
        !replaced.contains { line.hasPrefix("\($0):") }
    }
    return "directories:\n  -\n" + (usual + lines).map { "    \($0)\n" }.joined()
}

func parse(_ yaml: String) throws(ConfigurationError) -> Configuration {
    try Configuration(yaml: yaml, file: "t.yaml")
}

/// What is wrong with a text; empty when nothing is.
func problems(_ yaml: String) -> [ConfigurationError.Problem] {
    do {
        _ = try parse(yaml)
        return []
    } catch {
        return error.problems
    }
}

/// The only problem as `LINE: KEY: message`.
func problem(_ yaml: String) -> String {
    problems(yaml).map { "\($0.line ?? 0): \($0.key ?? "-"): \($0.message)" }.joined(separator: " | ")
}
