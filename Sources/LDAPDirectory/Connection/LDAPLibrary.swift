import CLDAP
import Glibc

/// What has to be true of libldap before anybody uses it.
package enum LDAPLibrary {
    /// Reads no `ldaprc`, no `ldap.conf` and no `LDAP*` variable: a stray file could switch the verification
    /// of certificates off (ldap.conf(5), LDAPNOINIT). The first call initialises the library and must be
    /// alone.
    ///
    /// Best called early in `main`, because changing the environment races with whoever reads it.
    package static func initialize() { _ = once }

    private static let once: Bool = {
        setenv("LDAPNOINIT", "1", 1)
        var information = LDAPAPIInfo()
        information.ldapai_info_version = LDAP_API_INFO_VERSION
        guard ldap_get_option(nil, LDAP_OPT_API_INFO, &information) == 0 else { return false }
        ldap_memfree(information.ldapai_vendor_name)
        ber_memvfree(
            UnsafeMutableRawPointer(information.ldapai_extensions)?.assumingMemoryBound(
                to: UnsafeMutableRawPointer?.self))
        return true
    }()
}
