/* How many instructions a daemon takes to answer requests: a number that depends on no machine's mood.

       instructions PID SOCKET COUNT < REQUEST-LINES

   Sends all lines at once. Steps through the threads of the daemon's event loops, one instruction at a time
   (ptrace(2), PTRACE_SINGLESTEP), until everything is answered and they wait for more, COUNT times, and prints the
   least. What the kernel does is not counted. Needs the right to trace a process that cannot be dumped: root's. The daemon is killed at the end. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { threads_max = 64, bytes_max = 65536, warm_up = 200, steps_max = 50000000 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int connection(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (strlen(path) >= sizeof address.sun_path) { errno = ENAMETOOLONG; fail(path); }
    strcpy(address.sun_path, path);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) fail(path);
    return descriptor;
}

static void ask(int descriptor, const char *lines, size_t length) {
    if (write(descriptor, lines, length) != (ssize_t)length) fail("write");
}

static int count_lines(const char *bytes, ssize_t count) {
    int lines = 0;
    for (ssize_t at = 0; at < count; at++) lines += bytes[at] == '\n';
    return lines;
}

/* How many answers have come and were not read. */
static int answers_there(int descriptor) {
    static char bytes[bytes_max];
    return count_lines(bytes, recv(descriptor, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT));
}

/* All the answers: good tokens' ones. */
static void hear(int descriptor, int lines) {
    static char bytes[bytes_max];
    ssize_t count = 0;
    do {
        ssize_t more = read(descriptor, bytes + count, sizeof bytes - (size_t)count);
        if (more <= 0) fail("read");
        count += more;
    } while (count_lines(bytes, count) < lines);
    for (char *line = bytes; line < bytes + count; line = memchr(line, '\n', bytes + count - line) + 1) {
        if (memmem(line, 64, "\"active\":true", 13)) continue;
        fprintf(stderr, "not the answer to a good token: %.*s", (int)(bytes + count - line), line);
        exit(1);
    }
}

/* The threads of the event loops, stopped. */
static int seize_loops(pid_t pid, pid_t *loops) {
    char path[64], name[32];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *threads = opendir(path);
    if (!threads) fail(path);
    for (struct dirent *entry; (entry = readdir(threads)) && count < threads_max;) {
        pid_t thread = atoi(entry->d_name);
        if (thread == 0) continue;
        snprintf(path, sizeof path, "/proc/%d/task/%d/comm", pid, thread);
        FILE *file = fopen(path, "r");
        if (!file) continue;
        if (fgets(name, sizeof name, file) && strncmp(name, "NIO-ELT", 7) == 0) {
            if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) != 0) fail("ptrace: may this user trace it?");
            if (ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) != 0) fail("ptrace");
            if (waitpid(thread, NULL, __WALL) != thread) fail("waitpid");
            loops[count++] = thread;
        }
        fclose(file);
    }
    closedir(threads);
    return count;
}

/* Whether the thread's next instruction goes to sleep until something arrives. */
static int is_about_to_wait(pid_t thread) {
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, thread, NULL, &registers) != 0) fail("ptrace");
    if (registers.rax != SYS_epoll_wait && registers.rax != SYS_epoll_pwait) return 0;
    errno = 0;
    long code = ptrace(PTRACE_PEEKTEXT, thread, (void *)registers.rip, NULL);
    return errno == 0 && (code & 0xffff) == 0x050f;
}

/* Steps until all answers are there and whoever gave them waits again. */
static long steps(int descriptor, int answers) {
    long count = 0;
    while (count < steps_max) {
        int status;
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0 || !WIFSTOPPED(status)) fail("the daemon has ended");
        count++;
        int is_done = is_about_to_wait(thread) && answers_there(descriptor) == answers;
        long signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
        if (ptrace(PTRACE_SINGLESTEP, thread, NULL, signal) != 0) fail("ptrace");
        if (is_done) return count;
    }
    fprintf(stderr, "no end after %d instructions\n", steps_max);
    exit(1);
}

int main(int argc, char **arguments) {
    static char lines[bytes_max];
    pid_t loops[threads_max];
    if (argc != 4) {
        fprintf(stderr, "usage: instructions PID SOCKET COUNT < REQUEST-LINES\n");
        return 64;
    }
    pid_t pid = atoi(arguments[1]);
    int descriptor = connection(arguments[2]);
    size_t length = fread(lines, 1, sizeof lines, stdin);
    int answers = count_lines(lines, (ssize_t)length);
    for (int number = 0; number < warm_up; number++) {
        ask(descriptor, lines, length);
        hear(descriptor, answers);
    }
    int count = seize_loops(pid, loops);
    if (count == 0) { fprintf(stderr, "no event loops in %d\n", pid); return 1; }
    for (int number = 0; number < count; number++)
        if (ptrace(PTRACE_SINGLESTEP, loops[number], NULL, NULL) != 0) fail("ptrace");
    long least = steps_max;
    for (int number = 0; number < atoi(arguments[3]); number++) {
        ask(descriptor, lines, length);
        long taken = steps(descriptor, answers);
        hear(descriptor, answers);
        if (taken < least) least = taken;
    }
    printf("%ld\n", least);
    /* Whom a tracer leaves in the middle of a step dies of the next. */
    kill(pid, SIGKILL);
    return 0;
}
