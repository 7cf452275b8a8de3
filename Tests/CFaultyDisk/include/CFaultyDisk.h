/// A disk that fails and loses power, for SQLite's files below one folder.
///
/// A VFS (https://www.sqlite.org/vfs.html) around the system's own. What SQLite writes goes to real files, so
/// that every connection sees it; what was written and not synced is noted beside, and lost at a power
/// failure: all of it, some of it, out of order, or torn. It becomes the process's default VFS; files outside
/// the folders it was given go to the system's as ever.
#ifndef CFAULTYDISK_H
#define CFAULTYDISK_H

#include <stdint.h>

typedef struct faulty_disk faulty_disk;

/// Kinds of operation that can be made to fail.
enum {
    FAULTY_OPEN = 1 << 0,
    FAULTY_READ = 1 << 1,
    FAULTY_WRITE = 1 << 2,
    FAULTY_SYNC = 1 << 3,
    FAULTY_TRUNCATE = 1 << 4,
    FAULTY_SIZE = 1 << 5,
    FAULTY_DELETE = 1 << 6,
    FAULTY_LOCK = 1 << 7,
    FAULTY_SHARED_MEMORY = 1 << 8,
    /// After a commit has happened: SQLite calls it failed all the same.
    FAULTY_AFTER_COMMIT = 1 << 9,
    FAULTY_ALL = (1 << 9) - 1,
};

/// All of SQLite's files in `folder` are on it from now on. Chance comes from `seed`.
faulty_disk *faulty_disk_insert(const char *folder, uint64_t seed);

/// When all that was open on it is closed.
void faulty_disk_remove(faulty_disk *disk);

/// The operation after `after` others of these kinds fails; if `sticky`, all later ones as well. A failing
/// write may write a part. With `full`, writing and extending fail for want of room. Zero kinds: nothing
/// fails.
void faulty_disk_fail(faulty_disk *disk, int kinds, long after, int sticky, int full);

/// Operations since `faulty_disk_fail`, of the kinds given there; and how many of them failed.
long faulty_disk_operations(faulty_disk *disk);
long faulty_disk_failures(faulty_disk *disk);

/// Takes all that is there for synced, as when somebody renamed files without SQLite and flushed that. When
/// nothing is open.
void faulty_disk_settle(faulty_disk *disk);

/// After so many more operations, or at once, nothing that SQLite does has any effect, and all of it fails.
void faulty_disk_cut(faulty_disk *disk, long after);
int faulty_disk_is_cut(faulty_disk *disk);

/// How many files are open on it.
int faulty_disk_open_files(faulty_disk *disk);

/// Writes that a power failure may undo.
long faulty_disk_unsynced(faulty_disk *disk);

/// After a cut, when all is closed: leaves what a killed process leaves, which is all that was written, synced or not.
void faulty_disk_after_kill(faulty_disk *disk);

/// After a cut, when all is closed: leaves what a power failure does.
void faulty_disk_after_power_loss(faulty_disk *disk);

#endif
