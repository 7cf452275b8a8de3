// SQLite's side of it: https://www.sqlite.org/c3ref/vfs.html
#include "disk.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

struct file {
    sqlite3_file base;
    faulty_disk *disk;
    struct node *node;
    /// As the system's own VFS does for logs: the first sync also syncs the directory.
    int syncs_directory;
    sqlite3_file *real;
};

static sqlite3_vfs *system_vfs;

static int strikes(struct file *file, int kind) {
    pthread_mutex_lock(&file->disk->lock);
    int result = faulty_strikes(file->disk, kind);
    pthread_mutex_unlock(&file->disk->lock);
    return result;
}

static int is_full(struct file *file) { return file->disk->full && !file->disk->is_cut; }

static int file_close(sqlite3_file *base) {
    struct file *file = (struct file *)base;
    int code = file->real->pMethods->xClose(file->real);
    pthread_mutex_lock(&file->disk->lock);
    file->disk->open_files--;
    pthread_mutex_unlock(&file->disk->lock);
    return code;
}

static int file_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    struct file *file = (struct file *)base;
    if (strikes(file, FAULTY_READ)) return SQLITE_IOERR_READ;
    return file->real->pMethods->xRead(file->real, bytes, count, offset);
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    struct file *file = (struct file *)base;
    faulty_disk *disk = file->disk;
    pthread_mutex_lock(&disk->lock);
    int code = SQLITE_OK;
    if (faulty_strikes(disk, FAULTY_WRITE)) {
        code = is_full(file) ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        count = disk->is_cut ? 0 : (int)faulty_chance(disk, (uint32_t)count);
    }
    if (count > 0) {
        int written = file->real->pMethods->xWrite(file->real, bytes, count, offset);
        if (written == SQLITE_OK) faulty_note_write(file->node, offset, bytes, (size_t)count);
        else code = written;
    }
    pthread_mutex_unlock(&disk->lock);
    return code;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct file *file = (struct file *)base;
    pthread_mutex_lock(&file->disk->lock);
    int code = SQLITE_IOERR_TRUNCATE;
    if (!faulty_strikes(file->disk, FAULTY_TRUNCATE)) {
        code = file->real->pMethods->xTruncate(file->real, size);
        if (code == SQLITE_OK) faulty_note_size(file->node, size);
    }
    pthread_mutex_unlock(&file->disk->lock);
    return code;
}

static int file_sync(sqlite3_file *base, int flags) {
    struct file *file = (struct file *)base;
    faulty_disk *disk = file->disk;
    (void)flags;
    pthread_mutex_lock(&disk->lock);
    int code = SQLITE_OK;
    if (faulty_strikes(disk, FAULTY_SYNC)) {
        if (!disk->is_cut) faulty_sync_badly(disk, file->node);
        code = is_full(file) ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
    } else {
        faulty_sync(file->node);
        if (file->syncs_directory) faulty_sync_directory(disk);
        file->syncs_directory = 0;
    }
    pthread_mutex_unlock(&disk->lock);
    return code;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    struct file *file = (struct file *)base;
    if (strikes(file, FAULTY_SIZE)) return SQLITE_IOERR_FSTAT;
    return file->real->pMethods->xFileSize(file->real, size);
}

static int file_lock(sqlite3_file *base, int level) {
    struct file *file = (struct file *)base;
    if (strikes(file, FAULTY_LOCK)) return SQLITE_IOERR_LOCK;
    return file->real->pMethods->xLock(file->real, level);
}

static int file_unlock(sqlite3_file *base, int level) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xUnlock(file->real, level);
}

static int file_check_lock(sqlite3_file *base, int *held) {
    struct file *file = (struct file *)base;
    if (strikes(file, FAULTY_LOCK)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
    return file->real->pMethods->xCheckReservedLock(file->real, held);
}

static int file_control(sqlite3_file *base, int code, void *argument) {
    struct file *file = (struct file *)base;
    // By now the commit has happened, and other connections see it.
    if (code == SQLITE_FCNTL_COMMIT_PHASETWO && strikes(file, FAULTY_AFTER_COMMIT)) return SQLITE_IOERR_FSYNC;
    // Room made ahead would be a write that is not seen here.
    if (code == SQLITE_FCNTL_SIZE_HINT || code == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return file->real->pMethods->xFileControl(file->real, code, argument);
}

static int file_sector_size(sqlite3_file *base) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xSectorSize(file->real);
}

static int file_characteristics(sqlite3_file *base) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xDeviceCharacteristics(file->real);
}

static int file_map(sqlite3_file *base, int page, int size, int extend, void volatile **memory) {
    struct file *file = (struct file *)base;
    if (strikes(file, FAULTY_SHARED_MEMORY)) {
        *memory = NULL;
        return is_full(file) ? SQLITE_FULL : SQLITE_IOERR_SHMMAP;
    }
    return file->real->pMethods->xShmMap(file->real, page, size, extend, memory);
}

static int file_lock_memory(sqlite3_file *base, int offset, int count, int flags) {
    struct file *file = (struct file *)base;
    // Letting go does not fail.
    if ((flags & SQLITE_SHM_LOCK) && strikes(file, FAULTY_LOCK)) return SQLITE_IOERR_SHMLOCK;
    return file->real->pMethods->xShmLock(file->real, offset, count, flags);
}

static void file_barrier(sqlite3_file *base) {
    struct file *file = (struct file *)base;
    file->real->pMethods->xShmBarrier(file->real);
}

static int file_unmap(sqlite3_file *base, int deletes) {
    struct file *file = (struct file *)base;
    return file->real->pMethods->xShmUnmap(file->real, deletes);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_map,
    .xShmLock = file_lock_memory,
    .xShmBarrier = file_barrier,
    .xShmUnmap = file_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out) {
    (void)vfs;
    faulty_disk *disk = faulty_disk_of(path);
    // The system's VFS makes itself at home in the space that is there.
    if (!disk) return system_vfs->xOpen(system_vfs, path, base, flags, out);
    struct file *file = (struct file *)base;
    memset(file, 0, sizeof *file);
    pthread_mutex_lock(&disk->lock);
    int code = SQLITE_CANTOPEN;
    if (!faulty_strikes(disk, FAULTY_OPEN)) {
        int existed = access(path, F_OK) == 0;
        file->real = (sqlite3_file *)(file + 1);
        code = system_vfs->xOpen(system_vfs, path, file->real, flags, out);
        if (code == SQLITE_OK) {
            file->disk = disk;
            file->node = faulty_node(disk, path, existed);
            int logs = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
            file->syncs_directory = (flags & SQLITE_OPEN_CREATE) && (flags & logs);
            file->base.pMethods = &methods;
            disk->open_files++;
        }
    }
    pthread_mutex_unlock(&disk->lock);
    return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_directory) {
    (void)vfs;
    faulty_disk *disk = faulty_disk_of(path);
    if (!disk) return system_vfs->xDelete(system_vfs, path, sync_directory);
    pthread_mutex_lock(&disk->lock);
    int code = SQLITE_IOERR_DELETE;
    if (!faulty_strikes(disk, FAULTY_DELETE)) {
        code = system_vfs->xDelete(system_vfs, path, 0);
        if (code == SQLITE_OK) faulty_delete(disk, path);
        if (code == SQLITE_OK && sync_directory) faulty_sync_directory(disk);
    }
    pthread_mutex_unlock(&disk->lock);
    return code;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    (void)vfs;
    return system_vfs->xAccess(system_vfs, path, flags, result);
}

static sqlite3_vfs faulty_vfs;

void faulty_disk_register(void) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    if (!system_vfs) {
        system_vfs = sqlite3_vfs_find(NULL);
        faulty_vfs = *system_vfs;
        faulty_vfs.pNext = NULL;
        faulty_vfs.zName = "faulty";
        faulty_vfs.szOsFile = (int)sizeof(struct file) + system_vfs->szOsFile;
        faulty_vfs.xOpen = vfs_open;
        faulty_vfs.xDelete = vfs_delete;
        faulty_vfs.xAccess = vfs_access;
        sqlite3_vfs_register(&faulty_vfs, 1);
    }
    pthread_mutex_unlock(&lock);
}
