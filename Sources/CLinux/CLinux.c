#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <grp.h>
#include <linux/close_range.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

int clinux_peer_credentials(int socket, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

int clinux_be_patient(int socket, int seconds) {
    struct timeval time = {.tv_sec = seconds};
    int sending = setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
    return sending == 0 ? setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) : sending;
}

int clinux_tell_senders(int socket) {
    int yes = 1;
    return setsockopt(socket, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
}

int clinux_sender(int socket, pid_t *pid, uid_t *uid) {
    char byte;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (count < 0) return -1;
    struct cmsghdr *header = count > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header == NULL || header->cmsg_type != SCM_CREDENTIALS) {
        errno = ENODATA;
        return -1;
    }
    struct ucred credentials;
    memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
    *pid = credentials.pid;
    *uid = credentials.uid;
    return 0;
}

int clinux_peer_groups(int socket, gid_t *groups, int *count) {
    socklen_t length = (socklen_t)*count * sizeof *groups;
    int result = getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, &length);
    *count = (int)(length / sizeof *groups);
    return result;
}

int clinux_accept(int listening) { return accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_forbid_dumps(void) {
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void clinux_close_all_on_exec(void) { syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC); }

/* Of all threads (setresuid(2) of glibc), and the real ids too: access(2) goes by them. The saved one leads back. */
static int be(uid_t uid, gid_t gid) {
    if (setresgid(gid, gid, 0) == 0 && setresuid(uid, uid, 0) == 0) return 0;
    int reason = errno;
    clinux_be_root_again();
    errno = reason;
    return -1;
}

int clinux_be_user(const char *name, uid_t uid, gid_t gid) { return initgroups(name, gid) == 0 ? be(uid, gid) : -1; }

int clinux_be_user_in(uid_t uid, gid_t gid, const gid_t *groups, int count) {
    return setgroups((size_t)count, groups) == 0 ? be(uid, gid) : -1;
}

int clinux_be_root_again(void) {
    if (setresuid(0, 0, 0) != 0 || setresgid(0, 0, 0) != 0) return -1;
    return initgroups("root", 0);
}

int clinux_file_status(const char *path, int follow, struct clinux_file *file) {
    struct stat status;
    int result = follow ? stat(path, &status) : lstat(path, &status);
    if (result == 0) *file = (struct clinux_file){status.st_mode, status.st_uid, status.st_gid, status.st_ino};
    return result;
}

long long clinux_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

long long clinux_steady_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

long long clinux_thread_microseconds(void) {
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (long long)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

void clinux_wipe(void *memory, size_t count) { explicit_bzero(memory, count); }
