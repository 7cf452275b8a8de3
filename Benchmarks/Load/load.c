/* load: asks one Unix socket the same kind of question, with a sliding window of requests in flight.
 *
 *   load KIND SOCKET KEYS CONNECTIONS IN_FLIGHT SECONDS [PID]
 *
 * KIND is `verify` or `create` (tokenagent), `get` (Redis) or `echo` (anything that sends back what it gets).
 * KEYS is a file with one key a line: tokens for `verify`, keys for `get`, asked for in random order.
 * `create` makes tokens of services, twenty each, and uses no key.
 * One thread, one epoll: as soon as an answer is in, the next request of that connection goes out.
 * PID's CPU time (user and system, all threads) is shown for each request.
 * Prints one line of JSON: rate a second, p50 and p99 in microseconds, CPU in microseconds a request, and
 * how many answers were not what a good key gets. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { window_max = 1024, request_max = 512, input_size = 1 << 18, samples_max = 1 << 22 };
enum kind { verify, create, get, echo };

struct connection {
    int fd;
    int in_flight, wants_write;
    uint64_t sent[window_max]; /* when each request in flight went out, a ring */
    unsigned oldest, newest;
    char out[window_max * request_max];
    size_t out_begin, out_end;
    char in[input_size];
    size_t in_end;
};

static enum kind kind;
static char *text;
static char **keys;
static size_t key_count;
static int window;
static unsigned created;
static uint64_t answered, bad, random_state = 88172645463325252ull;
static uint32_t *samples;
static size_t sample_count;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

static void read_keys(const char *path) {
    struct stat info;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &info) != 0) die(path);
    text = malloc((size_t)info.st_size + 1);
    for (off_t got = 0; got < info.st_size;) {
        ssize_t n = read(fd, text + got, (size_t)(info.st_size - got));
        if (n <= 0) die(path);
        got += n;
    }
    text[info.st_size] = 0;
    close(fd);
    for (char *p = text; *p; p++) key_count += *p == '\n';
    keys = malloc(key_count * sizeof *keys);
    char *line = text;
    for (size_t i = 0; i < key_count; i++) {
        char *end = strchr(line, '\n');
        *end = 0;
        keys[i] = line;
        line = end + 1;
    }
    if (key_count == 0) { fprintf(stderr, "%s: no keys\n", path); exit(1); }
}

static void ask(struct connection *c) {
    if (c->out_begin == c->out_end) c->out_begin = c->out_end = 0;
    const char *key = keys[next_random() % key_count];
    char *out = c->out + c->out_end;
    int n;
    switch (kind) {
    case verify:
        n = snprintf(out, request_max,
                     "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"token.verify\","
                     "\"params\":{\"token\":\"%s\"}}\n",
                     c->newest, key);
        break;
    case create:
        n = snprintf(out, request_max,
                     "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"token.create\",\"params\":{\"owner\":"
                     "{\"source\":\"service\",\"id\":\"load-%d-%u\"},\"name\":\"n%u\"}}\n",
                     c->newest, getpid(), created / 20, created % 20);
        created++;
        break;
    case get: n = snprintf(out, request_max, "*2\r\n$3\r\nGET\r\n$%zu\r\n%s\r\n", strlen(key), key); break;
    default: n = snprintf(out, request_max, "%-119s\n", key); break;
    }
    c->out_end += (size_t)n;
    c->sent[c->newest++ % window_max] = now();
    c->in_flight++;
}

static void fill(struct connection *c) {
    if (c->out_end + (size_t)window * request_max > sizeof c->out) {
        memmove(c->out, c->out + c->out_begin, c->out_end - c->out_begin);
        c->out_end -= c->out_begin;
        c->out_begin = 0;
    }
    while (c->in_flight < window) ask(c);
}

/* The length of the first answer in the buffer; 0 when it is not whole yet. */
static size_t answer_length(const char *p, size_t n, int *good) {
    const char *end = memchr(p, '\n', n);
    if (!end) return 0;
    size_t line = (size_t)(end - p) + 1;
    if (kind == verify) {
        *good = memmem(p, line, "\"active\":true", 13) != NULL;
        return line;
    }
    if (kind == create) {
        *good = memmem(p, line, "\"token\":\"tka_", 13) != NULL;
        return line;
    }
    if (kind == echo) { *good = 1; return line; }
    long length = p[0] == '$' ? strtol(p + 1, NULL, 10) : -1;
    *good = length >= 0;
    if (length < 0) return line;
    return n >= line + (size_t)length + 2 ? line + (size_t)length + 2 : 0;
}

static void take(struct connection *c) {
    size_t begin = 0, n;
    int good = 0;
    uint64_t t = now();
    while ((n = answer_length(c->in + begin, c->in_end - begin, &good)) > 0) {
        begin += n;
        answered++;
        bad += !good;
        uint64_t took = t - c->sent[c->oldest++ % window_max];
        c->in_flight--;
        /* Reservoir of the first ones, then at random: enough for p99. */
        size_t slot = sample_count < samples_max ? sample_count++ : next_random() % samples_max;
        samples[slot] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
    }
    memmove(c->in, c->in + begin, c->in_end - begin);
    c->in_end -= begin;
}

static void flush_out(struct connection *c) {
    while (c->out_begin < c->out_end) {
        ssize_t n = send(c->fd, c->out + c->out_begin, c->out_end - c->out_begin, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) return;
        if (n < 0) die("send");
        c->out_begin += (size_t)n;
    }
}

static int connect_to(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) die(path);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static double cpu_seconds(int pid) {
    char path[64], line[1024];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    if (fgets(line, sizeof line, f)) {
        char *rest = strrchr(line, ')');
        if (rest)
            sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    }
    fclose(f);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc < 7) {
        fprintf(stderr, "load KIND SOCKET KEYS CONNECTIONS IN_FLIGHT SECONDS [PID]\n");
        return 64;
    }
    kind = strcmp(argv[1], "verify") == 0   ? verify
           : strcmp(argv[1], "create") == 0 ? create
           : strcmp(argv[1], "get") == 0    ? get
                                            : echo;
    read_keys(argv[3]);
    int count = atoi(argv[4]), pid = argc > 7 ? atoi(argv[7]) : 0;
    window = atoi(argv[5]);
    if (count < 1 || window < 1 || window > window_max) { fprintf(stderr, "out of range\n"); return 64; }
    samples = malloc(sizeof *samples * samples_max);
    struct connection *connections = calloc((size_t)count, sizeof *connections);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < count; i++) {
        connections[i].fd = connect_to(argv[2]);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].fd, &event);
        fill(&connections[i]);
        flush_out(&connections[i]);
    }
    double cpu = pid ? cpu_seconds(pid) : 0;
    uint64_t begun = now(), end = begun + (uint64_t)(atof(argv[6]) * 1e9);
    while (now() < end) {
        struct epoll_event events[64];
        int n = epoll_wait(poll, events, 64, 100);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            ssize_t got = recv(c->fd, c->in + c->in_end, sizeof c->in - c->in_end, 0);
            if (got == 0) { fprintf(stderr, "closed by the server\n"); return 1; }
            if (got < 0 && errno != EAGAIN) die("recv");
            if (got > 0) {
                c->in_end += (size_t)got;
                take(c);
            }
            fill(c);
            flush_out(c);
            int wants_write = c->out_begin < c->out_end;
            if (wants_write != c->wants_write) {
                struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0), .data.ptr = c};
                epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &event);
                c->wants_write = wants_write;
            }
        }
    }
    double took = (double)(now() - begun) / 1e9;
    cpu = pid ? cpu_seconds(pid) - cpu : 0;
    qsort(samples, sample_count, sizeof *samples, by_size);
    printf("{\"rate\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"cpu_us\":%.3f,\"answers\":%llu,\"bad\":%llu}\n",
           (double)answered / took, sample_count ? samples[sample_count / 2] / 1e3 : 0,
           sample_count ? samples[sample_count * 99 / 100] / 1e3 : 0, answered ? cpu * 1e6 / (double)answered : 0,
           (unsigned long long)answered, (unsigned long long)bad);
    return 0;
}
