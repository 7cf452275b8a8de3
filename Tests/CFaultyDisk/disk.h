// What lies on a faulty disk: names, contents, and what was written but not synced.
#ifndef FAULTY_DISK_INTERNAL_H
#define FAULTY_DISK_INTERNAL_H

#include "CFaultyDisk.h"

#include <pthread.h>
#include <stddef.h>

/// A write, or with `bytes` NULL a change of the size to `offset`.
struct change {
    struct change *next;
    int64_t offset;
    size_t length;
    unsigned char *bytes;
};

/// What a name stands for; a file that was deleted and made again is another node.
struct node {
    struct node *next;
    unsigned char *synced;
    int64_t size;
    struct change *first, *last;
    /// Left by a process that was killed, with a time stamp that shows whether somebody wrote to it since.
    int was_left;
};

struct entry {
    struct entry *next;
    char *path;
    /// NULL when there is no such file. `synced` is what the directory says after a power failure, at worst.
    struct node *now, *synced;
};

struct faulty_disk {
    struct faulty_disk *next;
    char *folder;
    pthread_mutex_t lock;
    struct entry *entries;
    struct node *nodes;
    uint64_t chance;
    int kinds, sticky, full;
    long after, operations, failures, cut_after;
    int is_cut, open_files;
};

faulty_disk *faulty_disk_of(const char *path);

// With the lock held:

uint32_t faulty_chance(faulty_disk *disk, uint32_t below);
/// Whether this operation is to fail.
int faulty_strikes(faulty_disk *disk, int kind);
/// The file of this name; with `existed`, one that was there before SQLite opened it, whole and synced.
struct node *faulty_node(faulty_disk *disk, const char *path, int existed);
void faulty_note_write(struct node *node, int64_t offset, const void *bytes, size_t length);
void faulty_note_size(struct node *node, int64_t size);
void faulty_sync(struct node *node);
/// A sync that fails: the kernel takes the pages for written, and they may not be
/// (https://lwn.net/Articles/752063/).
void faulty_sync_badly(faulty_disk *disk, struct node *node);
void faulty_sync_directory(faulty_disk *disk);
void faulty_delete(faulty_disk *disk, const char *path);

#endif
