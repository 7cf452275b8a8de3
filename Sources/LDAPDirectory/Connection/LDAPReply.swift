import CLDAP
import TokenCore

/// One message from the server, freed when it goes.
struct LDAPReply: ~Copyable {
    enum Kind { case entry, reference, result, other }

    private let message: OpaquePointer
    let kind: Kind

    init(_ message: OpaquePointer) {
        self.message = message
        kind =
            switch ber_tag_t(ldap_msgtype(message)) {
            case LDAP_RES_SEARCH_ENTRY: .entry
            case LDAP_RES_SEARCH_REFERENCE: .reference
            case LDAP_RES_SEARCH_RESULT, LDAP_RES_BIND, LDAP_RES_EXTENDED: .result
            default: .other
            }
    }

    deinit { ldap_msgfree(message) }

    /// The entry, with the values of `attributes`; nil if its name cannot be read.
    func entry(_ attributes: [String], on connection: LDAPConnection) throws(DirectoryError) -> Entry {
        let handle = try connection.handle()
        guard let dn = ldap_get_dn(handle, message) else {
            throw .incomplete(server: connection.server, reason: "an entry without a readable name")
        }
        defer { ldap_memfree(dn) }
        guard let name = String(validatingCString: dn) else {
            throw .incomplete(server: connection.server, reason: "an entry whose name is not UTF-8")
        }
        var values: [String: [[UInt8]]] = [:]
        for attribute in attributes {
            values[attribute] = read(attribute, handle)
        }
        return Entry(dn: name, attributes: values)
    }

    /// By length, never as C strings: objectGUID has NULs inside.
    private func read(_ attribute: String, _ handle: OpaquePointer) -> [[UInt8]] {
        guard let found = ldap_get_values_len(handle, message, attribute) else { return [] }
        defer { ldap_value_free_len(found) }
        var values: [[UInt8]] = []
        var next = found
        while let value = next.pointee {
            let octets = UnsafeRawBufferPointer(start: value.pointee.bv_val, count: Int(value.pointee.bv_len))
            values.append([UInt8](octets))
            next += 1
        }
        return values
    }

    /// The result, with the cookie of a paged one.
    func result(on connection: LDAPConnection, _ deadline: Deadline) throws(DirectoryError) -> LDAPResult {
        let handle = try connection.handle()
        var code: Int32 = 0
        var detail: UnsafeMutablePointer<CChar>?
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        let parsed = ldap_parse_result(handle, message, &code, nil, &detail, nil, &controls, 0)
        guard parsed == LDAP_SUCCESS else { throw connection.failure(parsed, deadline) }
        defer {
            ldap_memfree(detail)
            ldap_controls_free(controls)
        }
        let more = detail.map { String(cString: $0) } ?? ""
        var cookie: [UInt8]?
        if let control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, nil) {
            cookie = try Self.cookie(control, handle, connection.server)
        }
        return LDAPResult(code: code, detail: more, cookie: cookie)
    }

    private static func cookie(
        _ control: UnsafeMutablePointer<LDAPControl>, _ handle: OpaquePointer, _ server: String
    ) throws(DirectoryError) -> [UInt8] {
        var estimate: ber_int_t = 0
        var value = berval()
        guard ldap_parse_pageresponse_control(handle, control, &estimate, &value) == LDAP_SUCCESS else {
            throw .incomplete(server: server, reason: "a page's cookie is malformed")
        }
        defer { ber_memfree(value.bv_val) }
        return [UInt8](UnsafeRawBufferPointer(start: value.bv_val, count: Int(value.bv_len)))
    }
}

/// How an operation ended (RFC 4511 4.1.9).
struct LDAPResult: Sendable {
    let code: Int32
    let detail: String
    /// Of a page (RFC 2696): empty for the last one, nil if the server did not page.
    let cookie: [UInt8]?

    var text: String {
        detail.isEmpty ? LDAPConnection.text(code) : "\(LDAPConnection.text(code)): \(detail)"
    }
}
