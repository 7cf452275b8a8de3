#pragma once

#include <stddef.h>
#include <sys/types.h>

/* A little C for what Swift's Glibc does not show: struct ucred, SO_PEERGROUPS, accept4, eventfd, statfs, prctl, explicit_bzero. */

/* Who connected, in the kernel's words (SO_PEERCRED, unix(7)): as of connect(2), whatever became of the process since.
   0, or -1 with errno. The pid may be somebody else's by now and decides nothing. */
int clinux_peer_credentials(int socket, pid_t *pid, uid_t *uid, gid_t *gid);

/* How long what blocks on a socket waits for each part (SO_SNDTIMEO, SO_RCVTIMEO). 0, or -1 with errno. */
int clinux_be_patient(int socket, int seconds);

/* What comes by a socket tells from here on who sent it (SO_PASSCRED, unix(7)). 0, or -1 with errno. */
int clinux_tell_senders(int socket);

/* Waits for a byte, as long as SO_RCVTIMEO says, and tells who sent it, in the kernel's words: also where somebody else
   listens and hands the socket on, as systemd does, whom SO_PEERCRED would name. 0, or -1 with errno. */
int clinux_sender(int socket, pid_t *pid, uid_t *uid);

/* The peer's supplementary groups (SO_PEERGROUPS, Linux 4.13). *count: room in groups, then how many there are.
   0, or -1 with errno; ERANGE when there is not room enough, *count then saying how much is needed. */
int clinux_peer_groups(int socket, gid_t *groups, int *count);

/* The next connection of a listening socket, close-on-exec and non-blocking (accept4(2)). -1 with errno. */
int clinux_accept(int listening);

/* A counter that wakes poll(2), close-on-exec and non-blocking (eventfd(2)). -1 with errno. */
int clinux_eventfd(void);

/* No core dumps and no ptrace by others of the same user (PR_SET_DUMPABLE, RLIMIT_CORE). 0, or -1 with errno. */
int clinux_forbid_dumps(void);

/* All descriptors but the standard ones end with exec(2) from now on, also those that libraries opened without saying
   so, and those that were inherited (CLOSE_RANGE_CLOEXEC, Linux 5.11; older ones leave them as they are). */
void clinux_close_all_on_exec(void);

/* For root: the files, sockets and programs from here on with a user's rights and those of its groups, until
   clinux_be_root_again. 0, or -1 with errno, and then nothing is changed. */
int clinux_be_user(const char *name, uid_t uid, gid_t gid);
/* The same, with groups that need not be that user's by the machine's accounts. */
int clinux_be_user_in(uid_t uid, gid_t gid, const gid_t *groups, int count);
int clinux_be_root_again(void);

/* What is known of a file, of the link itself unless `follow` (stat(2), lstat(2)). 0, or -1 with errno.
   Here, because struct stat belongs to one C module or another in Swift's eyes, as the build goes. */
struct clinux_file {
    unsigned int mode;
    unsigned int owner;
    unsigned int group;
    unsigned long long inode;
};
int clinux_file_status(const char *path, int follow, struct clinux_file *file);

/* The time of day in milliseconds since 1970 (clock_gettime(2), CLOCK_REALTIME). */
long long clinux_milliseconds(void);

/* Asks for a line of the cache before it is read; never faults, whatever the address. */
static inline void clinux_prefetch(const void *address) { __builtin_prefetch(address); }

/* Milliseconds since the machine started, its sleep among them, whatever is done to the clock (CLOCK_BOOTTIME). */
long long clinux_steady_milliseconds(void);

/* Microseconds for which a processor worked for the calling thread (CLOCK_THREAD_CPUTIME_ID). */
long long clinux_thread_microseconds(void);

/* What is typed at a terminal is not shown from here on (termios(3)), until clinux_show_typing; nor is it left so by a
   signal that ends or stops the process meanwhile. Continued, it hides again, and writes `prompt` to standard error.
   `prompt` has to live as long. One at a time in a process. 0, or -1 with errno, and then nothing is changed. */
int clinux_hide_typing(int terminal, const char *prompt);
void clinux_show_typing(void);

/* Overwrites memory in a way that the compiler may not leave out. */
void clinux_wipe(void *memory, size_t count);
