// What Swift cannot call: functions with any number of arguments.
#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

/// The last connection to go does not move the log into the database by itself, nor delete it
/// (https://www.sqlite.org/c3ref/c_dbconfig_defensive.html, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE).
static inline int csqlite_keep_log_at_close(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/// SQLite keeps no figures of its memory: for them each of its allocations takes a lock that all connections
/// share (https://www.sqlite.org/c3ref/c_config_covering_index_scan.html, SQLITE_CONFIG_MEMSTATUS). For before
/// its first use; later nothing changes.
static inline int csqlite_keep_no_memory_figures(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// SQLite takes names that begin with "file:" for URIs, which say more of how a file is to be opened
/// (https://www.sqlite.org/uri.html). For before its first use, as above; many builds of it do so anyway.
static inline int csqlite_take_uris(void) { return sqlite3_config(SQLITE_CONFIG_URI, 1); }

#endif
