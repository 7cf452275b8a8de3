#pragma once
/* Before ldap.h, which only forward-declares struct timeval: without it Swift sees opaque pointers. */
#include <sys/time.h>
#include <ldap.h>
#include <lber.h>

/* Macros that Swift's importer cannot see, restated: nested shifts, string concatenations, and pointer casts.
   LDAP_SASL_SIMPLE needs none: it is a null pointer, so Swift passes nil. */
static const int CLDAP_TLS_PROTOCOL_TLS1_2 = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
static const char *const CLDAP_CONTROL_SYNC = LDAP_CONTROL_SYNC;
static const char *const CLDAP_CONTROL_SYNC_STATE = LDAP_CONTROL_SYNC_STATE;
static const char *const CLDAP_CONTROL_SYNC_DONE = LDAP_CONTROL_SYNC_DONE;
static const char *const CLDAP_SYNC_INFO = LDAP_SYNC_INFO;

/* LDAP_OPT_ON and LDAP_OPT_OFF are casts. */
static inline int cldap_set_boolean(LDAP *ld, int option, int on) {
    return ldap_set_option(ld, option, on ? LDAP_OPT_ON : LDAP_OPT_OFF);
}

static inline int cldap_set_integer(LDAP *ld, int option, int value) {
    return ldap_set_option(ld, option, &value);
}

static inline int cldap_set_text(LDAP *ld, int option, const char *value) {
    return ldap_set_option(ld, option, value);
}

/* The descriptor under a Sockbuf, -1 if there is none (yet). */
static inline int cldap_descriptor(Sockbuf *sb) {
    ber_socket_t descriptor = -1;
    return ber_sockbuf_ctrl(sb, LBER_SB_OPT_GET_FD, &descriptor) == 1 ? (int)descriptor : -1;
}
