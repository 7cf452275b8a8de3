import CLDAP
import Glibc

/// Tells a pin of its connection: what libldap calls after TCP and before TLS (ldap_set_option(3),
/// LDAP_OPT_CONNECT_CB).
///
/// libldap keeps the address until the handle is gone, so this lives at one place and longer than the handle.
final class ConnectionCallback {
    private let pointer: UnsafeMutablePointer<ldap_conncb>
    private let pin: ConnectionPin

    init(_ pin: ConnectionPin) {
        self.pin = pin
        pointer = .allocate(capacity: 1)
        pointer.initialize(
            to: ldap_conncb(
                lc_add: { handle, socket, _, _, context in
                    guard let pin = context?.pointee.lc_arg else { return -1 }
                    // With a network time-out libldap spins on a TLS peer that says nothing. TCP is up by
                    // now, and from here on the pin watches over time.
                    var none = timeval(tv_sec: -1, tv_usec: 0)
                    let code = ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &none)
                    guard code == LDAP_OPT_SUCCESS else { return -1 }
                    let adopted = Unmanaged<ConnectionPin>.fromOpaque(pin).takeUnretainedValue()
                        .adopt(cldap_descriptor(socket))
                    return adopted ? 0 : -1
                },
                lc_del: { _, _, _ in },
                lc_arg: Unmanaged.passUnretained(pin).toOpaque()))
    }

    deinit { pointer.deallocate() }

    func install(on handle: OpaquePointer) -> Int32 { ldap_set_option(handle, LDAP_OPT_CONNECT_CB, pointer) }
}
