#pragma once
/* Before ldap.h, which only forward-declares struct timeval: without it Swift sees opaque pointers. */
#include <sys/time.h>
#include <ldap.h>
#include <lber.h>

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

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

/* The longest message that is taken from a server; a longer one is the end of the connection, as soon as its
   length is known. By itself libldap makes room for 2 GiB. */
static inline int cldap_limit_messages(LDAP *ld, unsigned long size) {
    Sockbuf *sb = NULL;
    ber_len_t max = size;
    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) != LDAP_OPT_SUCCESS || sb == NULL) return LDAP_OPT_ERROR;
    return ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &max) == 1 ? LDAP_OPT_SUCCESS : LDAP_OPT_ERROR;
}

/* Lets libldap read what has come in 64 KiB at a time, above TLS. Otherwise each message costs it a poll and
   two reads, for its header and its rest: half of what reading a large directory takes. */
static inline int cldap_read_ahead(LDAP *ld) {
    Sockbuf *sb = NULL;
    int size = 1 << 16;
    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) != LDAP_OPT_SUCCESS || sb == NULL) return -1;
    return ber_sockbuf_add_io(sb, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_APPLICATION, &size);
}

/* Does `phrase` hash to `stored` (crypt(3), the {CRYPT} of RFC 2307 5.3)? 1 or 0, or -1 if `stored` is no
   hash that this system's libcrypt knows. Compared in constant time; the work area is wiped. */
static inline int cldap_crypt_matches(const char *phrase, const char *stored) {
    struct crypt_data *data = calloc(1, sizeof *data);
    if (data == NULL) return -1;
    int answer = -1;
    const char *made = crypt_r(phrase, stored, data);
    /* "*0" and "*1" say that it failed (crypt(3)). */
    if (made != NULL && made[0] != '*') {
        size_t count = strlen(stored), length = strlen(made);
        unsigned char difference = count != length;
        for (size_t i = 0; i < count && i < length; i++) difference |= (unsigned char)(made[i] ^ stored[i]);
        answer = difference == 0;
    }
    explicit_bzero(data, sizeof *data);
    free(data);
    return answer;
}
