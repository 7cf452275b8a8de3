#include "disk.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// What a disk writes whole or not at all, or so one hopes.
#define SECTOR 512

static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;
static faulty_disk *all;

void faulty_disk_register(void);

faulty_disk *faulty_disk_insert(const char *folder, uint64_t seed) {
    faulty_disk_register();
    faulty_disk *disk = calloc(1, sizeof *disk);
    disk->folder = strdup(folder);
    disk->chance = seed;
    pthread_mutex_init(&disk->lock, NULL);
    pthread_mutex_lock(&all_lock);
    disk->next = all;
    all = disk;
    pthread_mutex_unlock(&all_lock);
    return disk;
}

static void forget_changes(struct node *node) {
    for (struct change *change = node->first; change;) {
        struct change *next = change->next;
        free(change->bytes);
        free(change);
        change = next;
    }
    node->first = node->last = NULL;
}

static void forget_all(faulty_disk *disk) {
    for (struct entry *entry = disk->entries; entry;) {
        struct entry *next = entry->next;
        free(entry->path);
        free(entry);
        entry = next;
    }
    for (struct node *node = disk->nodes; node;) {
        struct node *next = node->next;
        forget_changes(node);
        free(node->synced);
        free(node);
        node = next;
    }
    disk->entries = NULL;
    disk->nodes = NULL;
}

void faulty_disk_remove(faulty_disk *disk) {
    pthread_mutex_lock(&all_lock);
    for (faulty_disk **link = &all; *link; link = &(*link)->next) {
        if (*link == disk) {
            *link = disk->next;
            break;
        }
    }
    pthread_mutex_unlock(&all_lock);
    forget_all(disk);
    pthread_mutex_destroy(&disk->lock);
    free(disk->folder);
    free(disk);
}

void faulty_disk_settle(faulty_disk *disk) {
    pthread_mutex_lock(&disk->lock);
    forget_all(disk);
    pthread_mutex_unlock(&disk->lock);
}

faulty_disk *faulty_disk_of(const char *path) {
    if (!path) return NULL;
    pthread_mutex_lock(&all_lock);
    faulty_disk *found = all;
    for (; found; found = found->next) {
        size_t length = strlen(found->folder);
        if (strncmp(path, found->folder, length) == 0 && path[length] == '/') break;
    }
    pthread_mutex_unlock(&all_lock);
    return found;
}

// Chance and faults

/// splitmix64 (https://prng.di.unimi.it/splitmix64.c).
uint32_t faulty_chance(faulty_disk *disk, uint32_t below) {
    uint64_t z = (disk->chance += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (uint32_t)((z ^ (z >> 31)) % below);
}

int faulty_strikes(faulty_disk *disk, int kind) {
    if (disk->cut_after > 0 && --disk->cut_after == 0) disk->is_cut = 1;
    if (disk->is_cut) return 1;
    if (!(disk->kinds & kind)) return 0;
    long number = disk->operations++;
    if (disk->sticky ? number < disk->after : number != disk->after) return 0;
    disk->failures++;
    return 1;
}

void faulty_disk_fail(faulty_disk *disk, int kinds, long after, int sticky, int full) {
    pthread_mutex_lock(&disk->lock);
    disk->kinds = kinds;
    disk->after = after;
    disk->sticky = sticky;
    disk->full = full;
    disk->operations = disk->failures = 0;
    pthread_mutex_unlock(&disk->lock);
}

static long reading(faulty_disk *disk, const long *value) {
    pthread_mutex_lock(&disk->lock);
    long now = *value;
    pthread_mutex_unlock(&disk->lock);
    return now;
}

long faulty_disk_operations(faulty_disk *disk) { return reading(disk, &disk->operations); }
long faulty_disk_failures(faulty_disk *disk) { return reading(disk, &disk->failures); }

int faulty_disk_open_files(faulty_disk *disk) {
    pthread_mutex_lock(&disk->lock);
    int count = disk->open_files;
    pthread_mutex_unlock(&disk->lock);
    return count;
}

void faulty_disk_cut(faulty_disk *disk, long after) {
    pthread_mutex_lock(&disk->lock);
    disk->cut_after = after;
    if (after <= 0) disk->is_cut = 1;
    pthread_mutex_unlock(&disk->lock);
}

int faulty_disk_is_cut(faulty_disk *disk) {
    pthread_mutex_lock(&disk->lock);
    int result = disk->is_cut;
    pthread_mutex_unlock(&disk->lock);
    return result;
}

// Contents

static struct node *new_node(faulty_disk *disk) {
    struct node *node = calloc(1, sizeof *node);
    node->next = disk->nodes;
    disk->nodes = node;
    return node;
}

static unsigned char *contents(const char *path, int64_t *size) {
    *size = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (descriptor < 0 || fstat(descriptor, &info) != 0) return NULL;
    unsigned char *bytes = malloc((size_t)info.st_size + 1);
    *size = read(descriptor, bytes, (size_t)info.st_size);
    close(descriptor);
    return bytes;
}

static struct entry *entry_of(faulty_disk *disk, const char *path) {
    for (struct entry *entry = disk->entries; entry; entry = entry->next) {
        if (strcmp(entry->path, path) == 0) return entry;
    }
    struct entry *entry = calloc(1, sizeof *entry);
    entry->path = strdup(path);
    entry->next = disk->entries;
    disk->entries = entry;
    return entry;
}

/// Who writes to it without SQLite is taken to have synced it.
static int was_rewritten(const struct entry *entry) {
    struct stat info;
    return entry->now && entry->now->was_left && stat(entry->path, &info) == 0 && info.st_mtim.tv_sec != 0;
}

struct node *faulty_node(faulty_disk *disk, const char *path, int existed) {
    struct entry *entry = entry_of(disk, path);
    if (was_rewritten(entry)) entry->now = NULL;
    if (entry->now) return entry->now;
    entry->now = new_node(disk);
    if (existed) {
        entry->now->synced = contents(path, &entry->now->size);
        entry->synced = entry->now;
    }
    return entry->now;
}

static void note(struct node *node, struct change *change) {
    node->was_left = 0;
    if (node->last) node->last->next = change;
    else node->first = change;
    node->last = change;
}

void faulty_note_write(struct node *node, int64_t offset, const void *bytes, size_t length) {
    struct change *change = calloc(1, sizeof *change);
    change->offset = offset;
    change->length = length;
    change->bytes = malloc(length + 1);
    memcpy(change->bytes, bytes, length);
    note(node, change);
}

void faulty_note_size(struct node *node, int64_t size) {
    struct change *change = calloc(1, sizeof *change);
    change->offset = size;
    note(node, change);
}

static void resize(struct node *node, int64_t size) {
    node->synced = realloc(node->synced, (size_t)size + 1);
    if (size > node->size) memset(node->synced + node->size, 0, (size_t)(size - node->size));
    node->size = size;
}

static void put(struct node *node, int64_t offset, const unsigned char *bytes, size_t length) {
    int64_t end = offset + (int64_t)length;
    if (length && end > node->size) resize(node, end);
    if (length) memcpy(node->synced + offset, bytes, length);
}

static void make(struct node *node, const struct change *change) {
    if (change->bytes) put(node, change->offset, change->bytes, change->length);
    else resize(node, change->offset);
}

void faulty_sync(struct node *node) {
    for (struct change *change = node->first; change; change = change->next) make(node, change);
    forget_changes(node);
}

void faulty_sync_badly(faulty_disk *disk, struct node *node) {
    for (struct change *change = node->first; change; change = change->next) {
        if (!change->bytes || faulty_chance(disk, 2)) make(node, change);
    }
    forget_changes(node);
}

void faulty_sync_directory(faulty_disk *disk) {
    for (struct entry *entry = disk->entries; entry; entry = entry->next) entry->synced = entry->now;
}

void faulty_delete(faulty_disk *disk, const char *path) { entry_of(disk, path)->now = NULL; }

long faulty_disk_unsynced(faulty_disk *disk) {
    long count = 0;
    pthread_mutex_lock(&disk->lock);
    for (struct entry *entry = disk->entries; entry; entry = entry->next) {
        if (!entry->now) continue;
        for (struct change *change = entry->now->first; change; change = change->next) count++;
    }
    pthread_mutex_unlock(&disk->lock);
    return count;
}

// After the cut

/// How much of what was not synced is on the disk all the same.
enum survival { NOTHING, EVERYTHING, BEGINNING, END, SOME, SOME_TORN, SURVIVALS };

static void survive_in_part(faulty_disk *disk, struct node *node, const struct change *change, int torn) {
    for (size_t start = 0; start < change->length;) {
        // To the end of the sector that the first byte lies in.
        size_t length = SECTOR - (size_t)((change->offset + (int64_t)start) % SECTOR);
        if (length > change->length - start) length = change->length - start;
        if (faulty_chance(disk, 2)) {
            size_t written = torn ? faulty_chance(disk, (uint32_t)length + 1) : length;
            put(node, change->offset + (int64_t)start, change->bytes + start, written);
        }
        start += length;
    }
}

static void survive(faulty_disk *disk, struct node *node, enum survival how) {
    uint32_t count = 0, number = 0;
    for (struct change *change = node->first; change; change = change->next) count++;
    uint32_t border = faulty_chance(disk, count + 1);
    for (struct change *change = node->first; change; change = change->next, number++) {
        int survives = how == EVERYTHING || (how == BEGINNING && number < border)
            || (how == END && number >= border);
        if (survives) {
            make(node, change);
        } else if ((how == SOME || how == SOME_TORN || (how == BEGINNING && number == border))
                   && change->bytes) {
            survive_in_part(disk, node, change, how != SOME);
        } else if ((how == SOME || how == SOME_TORN) && faulty_chance(disk, 2)) {
            make(node, change);
        }
    }
    forget_changes(node);
}

static void write_back(const char *path, const struct node *node) {
    if (!node) {
        unlink(path);
        return;
    }
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) abort();
    for (int64_t done = 0; done < node->size;) {
        ssize_t count = write(descriptor, node->synced + done, (size_t)(node->size - done));
        if (count <= 0) abort();
        done += count;
    }
    close(descriptor);
}

/// The memory that processes share is a file too, and after a power failure it may hold anything.
static void leave_shared_memory(faulty_disk *disk, const char *database) {
    char path[4096];
    size_t length = strlen(database);
    if (length + 5 > sizeof path) abort();
    memcpy(path, database, length);
    memcpy(path + length, "-shm", 5);
    unlink(path);
    if (faulty_chance(disk, 2)) return;
    struct node garbage = {0};
    resize(&garbage, 32768);
    for (int64_t i = 0; i < garbage.size; i++) garbage.synced[i] = (unsigned char)faulty_chance(disk, 256);
    write_back(path, &garbage);
    free(garbage.synced);
}

void faulty_disk_after_power_loss(faulty_disk *disk) {
    pthread_mutex_lock(&disk->lock);
    for (struct entry *entry = disk->entries; entry; entry = entry->next) {
        // A name that was made or deleted without a sync of its directory may be either.
        if (entry->now != entry->synced && faulty_chance(disk, 2)) entry->now = entry->synced;
        if (entry->now) survive(disk, entry->now, faulty_chance(disk, SURVIVALS));
        write_back(entry->path, entry->now);
        int is_log = strstr(entry->path, "-wal") || strstr(entry->path, "-journal");
        if (!is_log) leave_shared_memory(disk, entry->path);
    }
    forget_all(disk);
    disk->is_cut = disk->kinds = 0;
    disk->cut_after = 0;
    pthread_mutex_unlock(&disk->lock);
}

void faulty_disk_after_kill(faulty_disk *disk) {
    const struct timespec long_ago[2] = {{0, 0}, {0, 0}};
    pthread_mutex_lock(&disk->lock);
    for (struct entry *entry = disk->entries; entry; entry = entry->next) {
        if (entry->now) entry->now->was_left = utimensat(AT_FDCWD, entry->path, long_ago, 0) == 0;
    }
    disk->is_cut = disk->kinds = 0;
    disk->cut_after = 0;
    pthread_mutex_unlock(&disk->lock);
}
