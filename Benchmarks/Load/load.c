/* load: asks one Unix socket the same kind of question, with a sliding window of requests in flight.
 *
 *   load KIND SOCKET KEYS CONNECTIONS IN_FLIGHT SECONDS [PID]
 *
 * KIND is `verify` or `create` (tokenagent), `get` (Redis) or `echo` (anything that sends back what it gets).
 * KEYS is a file with one key a line: tokens for `verify`, keys for `get`, asked for in random order.
 * `create` makes tokens of services, twenty each, and uses no key.
 * One thread, one epoll: as soon as answers are in, as many requests of that connection go out.
 * PID's CPU time (user and system, all threads) is shown for each request.
 * Prints one line of JSON: rate a second, p50 and p99 in microseconds, CPU in microseconds a request, and
 * how many answers were not what that very key gets.
 *
 * It must not be the bottleneck, so all requests are spelled out before, in one block, shuffled anew each
 * time, and sent from where they stand; and the clock is asked once for each batch of answers. Each answer
 * is still held against its own request: the id, and the user code, the value, or the bytes sent. */
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

enum { window_max = 1024, input_size = 1 << 18, creates_max = 1 << 19, id_first = 10000000 };

struct connection {
    int fd, wants_write;
    uint64_t sent[window_max];  /* when each request in flight went out, a ring */
    uint32_t asked[window_max]; /* which of the block it is */
    unsigned oldest, newest;
    const char *out, *out_end; /* what is still to be sent, in the block */
    char in[input_size];
    size_t in_begin, in_end;
};

/* What is asked: where its parts stand in each request, and how an answer is read. */
struct kind {
    const char *name;
    size_t id_at, key_at;
    /* The length of the answer at p, 0 when it is not whole yet; `good` when it is the one to that request. */
    size_t (*read)(const char *p, size_t n, const char *request, int *good);
};

static struct kind kind;
static char *block;
static size_t stride, count, next;
static unsigned window;
static uint64_t answered, bad, random_state;

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

/* Latencies: 64 buckets for each power of two, so each is known to 1.6 in a hundred. */
enum { bucket_bits = 6, bucket_count = 64 << bucket_bits };
static uint64_t buckets[bucket_count];

static unsigned bucket(uint64_t ns) {
    if (ns < 1u << bucket_bits) return (unsigned)ns;
    unsigned shift = 63 - (unsigned)__builtin_clzll(ns) - bucket_bits;
    return ((shift + 1) << bucket_bits) + (unsigned)(ns >> shift) - (1u << bucket_bits);
}

static double quantile_us(double share) {
    uint64_t seen = 0, wanted = (uint64_t)(share * (double)answered);
    for (unsigned b = 0; b < bucket_count; b++) {
        seen += buckets[b];
        if (seen <= wanted) continue;
        unsigned shift = b >> bucket_bits ? (b >> bucket_bits) - 1 : 0;
        uint64_t ns = b >> bucket_bits ? (uint64_t)(64 + (b & 63)) << shift : b;
        return (double)ns / 1e3;
    }
    return 0;
}

/* MARK: Answers */

static size_t line_length(const char *p, size_t n) {
    const char *end = memchr(p, '\n', n);
    return end ? (size_t)(end - p) + 1 : 0;
}

#define HEAD "{\"jsonrpc\":\"2.0\",\"id\":"
#define ACTIVE ",\"result\":{\"active\":true,\"id\":\""
enum { head = sizeof HEAD - 1, id_width = 8, active = sizeof ACTIVE - 1, code = 8 };

static size_t read_verify(const char *p, size_t n, const char *request, int *good) {
    size_t line = line_length(p, n);
    *good = line > head + id_width + active + code && memcmp(p, HEAD, head) == 0 &&
            memcmp(p + head, request + kind.id_at, id_width) == 0 &&
            memcmp(p + head + id_width, ACTIVE, active) == 0 &&
            memcmp(p + head + id_width + active, request + kind.key_at + 4, code) == 0;
    return line;
}

/* Two creates may be answered in another order than they were asked for, but each once. */
static size_t read_create(const char *p, size_t n, const char *request, int *good) {
    static unsigned char answered[creates_max];
    size_t line = line_length(p, n);
    (void)request;
    *good = 0;
    if (line <= head + id_width || memmem(p, line, "\"token\":\"tka_", 13) == NULL) return line;
    unsigned long i = strtoul(p + head, NULL, 10) - id_first;
    *good = i < creates_max && !answered[i]++;
    return line;
}

/* Each value is the first 60 digits of its key. */
static size_t read_get(const char *p, size_t n, const char *request, int *good) {
    enum { value = 60, whole = 5 + value + 2 };
    if (p[0] != '$' || p[1] == '-') {
        *good = 0;
        return line_length(p, n);
    }
    if (n < whole) return 0;
    *good = memcmp(p, "$60\r\n", 5) == 0 && memcmp(p + 5, request + kind.key_at, value) == 0;
    return whole;
}

static size_t read_echo(const char *p, size_t n, const char *request, int *good) {
    *good = n >= stride && memcmp(p, request, stride) == 0;
    return n >= stride ? stride : 0;
}

/* MARK: Requests */

static char **read_keys(const char *path, size_t *length) {
    struct stat info;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &info) != 0) die(path);
    char *text = malloc((size_t)info.st_size + 1);
    for (off_t got = 0; got < info.st_size;) {
        ssize_t n = read(fd, text + got, (size_t)(info.st_size - got));
        if (n <= 0) die(path);
        got += n;
    }
    text[info.st_size] = 0;
    close(fd);
    *length = strcspn(text, "\n");
    count = (size_t)info.st_size / (*length + 1);
    if (count == 0) { fprintf(stderr, "%s: no keys\n", path); exit(1); }
    char **keys = malloc(count * sizeof *keys);
    for (size_t i = 0; i < count; i++) {
        keys[i] = text + i * (*length + 1);
        if (keys[i][*length] != '\n') { fprintf(stderr, "%s: keys of one length only\n", path); exit(1); }
    }
    for (size_t i = count - 1; i > 0; i--) {
        size_t j = next_random() % (i + 1);
        char *key = keys[i];
        keys[i] = keys[j];
        keys[j] = key;
    }
    return keys;
}

static int spell(char *out, size_t room, size_t i, const char *key, size_t length) {
    unsigned id = id_first + (unsigned)i;
    if (kind.read == read_verify)
        return snprintf(out, room,
                        "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"token.verify\","
                        "\"params\":{\"token\":\"%.*s\",\"audience\":\"default\"}}\n",
                        id, (int)length, key);
    if (kind.read == read_create)
        return snprintf(out, room,
                        "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":\"token.create\",\"params\":{\"owner\":"
                        "{\"source\":\"service\",\"id\":\"load-%d-%05zu\"},\"name\":\"n%02zu\"}}\n",
                        id, getpid(), i / 20, i % 20);
    if (kind.read == read_get)
        return snprintf(out, room, "*2\r\n$3\r\nGET\r\n$%zu\r\n%.*s\r\n", length, (int)length, key);
    return snprintf(out, room, "%-*.*s\n", 126, (int)length, key);
}

static void spell_all(const char *path) {
    size_t length = 0;
    char **keys = NULL;
    char one[1024];
    if (kind.read == read_create) count = creates_max;
    else keys = read_keys(path, &length);
    stride = (size_t)spell(one, sizeof one, 0, keys ? keys[0] : NULL, length);
    block = malloc(count * stride + 1);
    if (!block) die("malloc");
    for (size_t i = 0; i < count; i++)
        spell(block + i * stride, stride + 1, i, keys ? keys[i] : NULL, length);
    if (keys) {
        char *at = memmem(block, stride, keys[0], length);
        kind.key_at = (size_t)(at - block);
    }
    kind.id_at = head;
    free(keys);
}

/* MARK: Connections */

/* Takes as many of the next requests as there is room for; while some wait to be sent, none. */
static void fill(struct connection *c, uint64_t t) {
    if (c->out != c->out_end) return;
    size_t room = window - (c->newest - c->oldest);
    if (next == count) next = 0;
    if (room > count - next) room = count - next;
    c->out = block + next * stride;
    c->out_end = c->out + room * stride;
    for (; room > 0; room--) {
        unsigned place = c->newest++ % window_max;
        c->asked[place] = (uint32_t)next++;
        c->sent[place] = t;
    }
}

static void take(struct connection *c, uint64_t t) {
    while (c->oldest != c->newest && c->in_begin < c->in_end) {
        unsigned place = c->oldest % window_max;
        int good = 0;
        size_t n = kind.read(
            c->in + c->in_begin, c->in_end - c->in_begin, block + c->asked[place] * stride, &good);
        if (n == 0) break;
        c->in_begin += n;
        c->oldest++;
        answered++;
        bad += !good;
        buckets[bucket(t - c->sent[place])]++;
    }
    if (c->in_begin == c->in_end) c->in_begin = c->in_end = 0;
    if (c->in_begin > input_size / 2) {
        memmove(c->in, c->in + c->in_begin, c->in_end - c->in_begin);
        c->in_end -= c->in_begin;
        c->in_begin = 0;
    }
}

static void flush_out(struct connection *c) {
    while (c->out < c->out_end) {
        ssize_t n = send(c->fd, c->out, (size_t)(c->out_end - c->out), MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) return;
        if (n < 0) die("send");
        c->out += n;
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

static void serve(struct connection *c, int poll) {
    ssize_t got = recv(c->fd, c->in + c->in_end, sizeof c->in - c->in_end, 0);
    if (got == 0) { fprintf(stderr, "closed by the server\n"); exit(1); }
    if (got < 0 && errno != EAGAIN) die("recv");
    uint64_t t = now();
    if (got > 0) {
        c->in_end += (size_t)got;
        take(c, t);
    }
    if (c->out < c->out_end) flush_out(c);
    fill(c, t);
    flush_out(c);
    int wants_write = c->out < c->out_end;
    if (wants_write != c->wants_write) {
        struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0), .data.ptr = c};
        epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &event);
        c->wants_write = wants_write;
    }
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

static const struct kind kinds[] = {
    {.name = "verify", .read = read_verify},
    {.name = "create", .read = read_create},
    {.name = "get", .read = read_get},
    {.name = "echo", .read = read_echo},
};

int main(int argc, char **argv) {
    if (argc < 7) {
        fprintf(stderr, "load KIND SOCKET KEYS CONNECTIONS IN_FLIGHT SECONDS [PID]\n");
        return 64;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(argv[1], kinds[i].name) == 0) kind = kinds[i];
    int connections_count = atoi(argv[4]), pid = argc > 7 ? atoi(argv[7]) : 0;
    window = (unsigned)atoi(argv[5]);
    if (!kind.name || connections_count < 1 || window < 1 || window > window_max) {
        fprintf(stderr, "out of range\n");
        return 64;
    }
    random_state = now() | 1;
    spell_all(argv[3]);
    struct connection *connections = calloc((size_t)connections_count, sizeof *connections);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < connections_count; i++) {
        connections[i].fd = connect_to(argv[2]);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].fd, &event);
    }
    double cpu = pid ? cpu_seconds(pid) : 0;
    uint64_t begun = now(), t = begun, end = begun + (uint64_t)(atof(argv[6]) * 1e9);
    for (int i = 0; i < connections_count; i++) serve(&connections[i], poll);
    while ((t = now()) < end) {
        struct epoll_event events[64];
        int n = epoll_wait(poll, events, 64, 100);
        for (int i = 0; i < n; i++) serve(events[i].data.ptr, poll);
    }
    double took = (double)(now() - begun) / 1e9;
    cpu = pid ? cpu_seconds(pid) - cpu : 0;
    printf("{\"rate\":%.0f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"cpu_us\":%.3f,\"answers\":%llu,\"bad\":%llu}\n",
           (double)answered / took, quantile_us(0.5), quantile_us(0.99),
           answered ? cpu * 1e6 / (double)answered : 0, (unsigned long long)answered, (unsigned long long)bad);
    return 0;
}
