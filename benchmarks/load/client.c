/* A crowd of WebSocket clients in one thread: people who watch a room and people who send gifts.
 *
 * It reads the least that it can of each frame, so that on a machine with two processors the
 * server is what is measured. Latency counts from the moment at which a gift was due, not from the
 * moment at which it was sent. It talks to its parent by lines: on stdout "joined ...", then after
 * "go" on stdin one line of JSON; it stays connected until stdin ends.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HANDSHAKES 100            /* that are under way at once */
#define BUCKET 100                /* microseconds of a histogram's bucket */
#define BUCKETS 600000            /* a minute of them */
#define ACK_SECONDS 10
#define NAP 1000000               /* nanoseconds between two looks */
#define NEVER UINT32_MAX

enum state { CLOSED, CONNECTING, SHAKING, JOINING, OPEN, ENDED };
struct seen { uint32_t number, at; };  /* of gifts seen up to it, or of one; when, in 10 us */
struct peer {
    int fd;
    enum state state;
    char *path, *join, *rest;      /* rest: the part of a frame that has come */
    size_t rest_size, seen_count, seen_most;
    struct seen *seen;
    uint32_t first, last, in_flight, shown;
    uint64_t coins, gifts;
    int close_code, stopped;
};
struct histogram { uint32_t bucket[BUCKETS + 1]; uint64_t count; double sum; };

static const char *key_mark = "\"key\":\"k", *host, *origin, *gift_text;
static int port, naive, in_flight, poller, opening, opened, ended, closed_badly;
static double rate, seconds, warm_up, settle, stop_after, stop_for;
static struct peer *peers;
static int viewers, senders, total, stopped;
static uint32_t sent, received, refused, gifts_most, highest, loaded_from;
static double *due;                /* of each gift, in seconds since the start */
static uint32_t *gift_of, gift_of_most; /* of each sequence number */
static struct histogram receipts, views, lateness;
static uint64_t frames, bytes, shown;
static double started, waited;
static char input[1 << 20], refusal[160];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static void add(struct histogram *to, double latency) {
    int64_t number = (int64_t)(latency * 1e6 / BUCKET);
    to->bucket[number < 0 ? 0 : number > BUCKETS ? BUCKETS : number]++;
    to->count++;
    to->sum += latency;
}

static double part(const struct histogram *of, double share) {
    uint64_t most = (uint64_t)(share * of->count), so_far = 0;
    for (int i = 0; i <= BUCKETS; i++)
        if ((so_far += of->bucket[i]) > most) return (i + 0.5) * BUCKET / 1e3;
    return 0;
}

static void say(struct peer *peer, int opcode, const char *text, size_t size) {
    unsigned char out[8192];
    size_t head = 0;
    out[head++] = 0x80 | opcode;
    if (size < 126) out[head++] = 0x80 | size;
    else { out[head++] = 0x80 | 126; out[head++] = size >> 8; out[head++] = size & 255; }
    memset(out + head, 0, 4);      /* a mask of zeros leaves the text as it is */
    head += 4;
    if (head + size > sizeof out) return;
    memcpy(out + head, text, size);
    if (send(peer->fd, out, head + size, MSG_NOSIGNAL) != (ssize_t)(head + size)) closed_badly++;
}

static void listen_to(struct peer *peer, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = peer};
    if (epoll_ctl(poller, operation, peer->fd, &event) < 0) die("epoll_ctl");
}

static void open_peer(struct peer *peer) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &to.sin_addr);
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (peer->fd < 0) die("socket");
    int one = 1;
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    /* Who will stop reading has a kernel that takes little for it, so that the server sees it soon. */
    int little = 16384;
    if (peer < peers + stopped)
        setsockopt(peer->fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    if (connect(peer->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        die("connect");
    peer->state = CONNECTING;
    listen_to(peer, EPOLL_CTL_ADD, EPOLLOUT);
    opening++;
}

static void end_peer(struct peer *peer, int code) {
    if (peer->state == ENDED) return;
    if (peer->state != OPEN) opening--;
    else opened--;
    peer->state = ENDED;
    peer->close_code = code;
    ended++;
    close(peer->fd);
}

static void shake(struct peer *peer) {
    char out[4096];
    int size = snprintf(out, sizeof out,
        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nOrigin: %s\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", peer->path, host, port, origin);
    if (send(peer->fd, out, size, MSG_NOSIGNAL) != size) { end_peer(peer, 1006); return; }
    peer->state = SHAKING;
    listen_to(peer, EPOLL_CTL_MOD, EPOLLIN);
}

static void is_open(struct peer *peer) {
    peer->state = OPEN;
    opening--;
    opened++;
}

static uint64_t number_after(const char *text, size_t size, const char *name, uint64_t none) {
    const char *found = memmem(text, size, name, strlen(name));
    return found ? strtoull(found + strlen(name), NULL, 10) : none;
}

static void see(struct peer *peer, uint32_t number, double at) {
    if (peer->seen_count == peer->seen_most) {
        peer->seen_most = peer->seen_most ? 2 * peer->seen_most : 256;
        peer->seen = realloc(peer->seen, peer->seen_most * sizeof *peer->seen);
    }
    peer->seen[peer->seen_count++] = (struct seen){number, (uint32_t)((at - started) * 1e5)};
}

static void send_gift(struct peer *peer, double when, double at) {
    if (sent == gifts_most) return;
    char out[1024];
    const char *mark = strchr(gift_text, '@');
    int size = snprintf(out, sizeof out, "%.*sk%09u%s", (int)(mark - gift_text), gift_text,
                        sent, mark + 1);
    due[sent++] = when;
    peer->in_flight++;
    say(peer, 1, out, size);
    add(&lateness, at - started - when);
}

static void hear_answer(struct peer *peer, const char *text, size_t size, double at) {
    uint64_t key = number_after(text, size, key_mark, NEVER);
    if (key >= sent) return;
    peer->in_flight--;
    if (memmem(text, size < 60 ? size : 60, "refusal", 7)) {
        refused++;
        snprintf(refusal, sizeof refusal, "%.*s", (int)(size < 150 ? size : 150), text);
        for (char *c = refusal; *c; c++) if (*c == '"' || *c == '\\') *c = '\'';
    } else {
        received++;
        if (due[key] >= warm_up) add(&receipts, at - started - due[key]);
        uint64_t seq = number_after(text, size, "\"seq\":", 0);
        if (seq > highest) highest = seq;
        if (seq < gift_of_most) gift_of[seq] = key;
    }
    if (in_flight && at - started < seconds) send_gift(peer, at - started, at);
}

static void hear(struct peer *peer, const char *text, size_t size, double at) {
    int viewer = peer < peers + viewers;
    frames += viewer;
    bytes += viewer ? size : 0;
    if (naive) {
        if (memmem(text, size, "\"receipt\"", 9) || memmem(text, size, "\"refusal\"", 9))
            hear_answer(peer, text, size, at);
        else if (viewer && started) {
            see(peer, number_after(text, size, key_mark, NEVER), at);
            peer->shown++;
        }
        return;
    }
    int snapshot = !strncmp(text, "{\"type\":\"snapshot\"", 18);
    if (!snapshot && strncmp(text, "{\"type\":\"tick\"", 14)) {
        hear_answer(peer, text, size, at);
        return;
    }
    uint32_t seq = number_after(text, size < 120 ? size : 120, "\"seq\":", 0);
    if (peer->state == JOINING) { is_open(peer); peer->first = seq; }
    if (seq < peer->last) return;
    if (viewer && seq > peer->last && started) see(peer, seq, at);
    peer->last = seq;
    size_t tail = snapshot || size < 400 ? size : 400;
    const char *totals = memmem(text + size - tail, tail, "\"totals\":", 9);
    if (totals) {
        size_t left = text + size - totals;
        peer->coins = number_after(totals, left, "\"coins\":", 0);
        peer->gifts = number_after(totals, left, "\"gifts\":", 0);
    }
    if (viewer && !snapshot && started)
        for (const char *at_ = text; (at_ = memmem(at_, text + size - at_, "{\"type\":\"gift\",", 15));
             at_ += 15)
            peer->shown++;
}

/* Whole frames in `text`; returns how much of it they were. */
static size_t take_frames(struct peer *peer, const char *text, size_t size, double at) {
    size_t used = 0;
    while (size - used >= 2 && peer->state != ENDED) {
        const unsigned char *head = (const unsigned char *)text + used;
        uint64_t length = head[1] & 127, start = 2;
        if (length == 126) {
            if (size - used < 4) break;
            length = head[2] << 8 | head[3];
            start = 4;
        } else if (length == 127) {
            if (size - used < 10) break;
            length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | head[i];
            start = 10;
        }
        if (size - used < start + length) break;
        const char *payload = text + used + start;
        int opcode = head[0] & 15;
        if (opcode == 8) {
            end_peer(peer, length >= 2 ? head[start] << 8 | head[start + 1] : 1005);
        } else if (opcode == 9) say(peer, 10, payload, length);
        else if (opcode < 3) hear(peer, payload, length, at);
        used += start + length;
    }
    return used;
}

static void shaken(struct peer *peer, char *text, size_t *size) {
    char *end = memmem(text, *size, "\r\n\r\n", 4);
    if (!end) return;
    if (memcmp(text, "HTTP/1.1 101", 12)) { end_peer(peer, 403); return; }
    *size -= end + 4 - text;
    memmove(text, end + 4, *size);
    if (*peer->join) { peer->state = JOINING; say(peer, 1, peer->join, strlen(peer->join)); }
    else is_open(peer);
}

static void readable(struct peer *peer) {
    size_t size = peer->rest_size;
    memcpy(input, peer->rest, size);
    ssize_t got = recv(peer->fd, input + size, sizeof input - 1 - size, 0);
    if (got <= 0) {
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        end_peer(peer, 1006);
        return;
    }
    double at = now();
    size += got;
    input[size] = 0;
    if (peer->state == SHAKING) shaken(peer, input, &size);
    size_t used = peer->state > SHAKING ? take_frames(peer, input, size, at) : 0;
    if (peer->state == ENDED) return;
    peer->rest_size = size - used;
    if (peer->rest_size) {
        peer->rest = realloc(peer->rest, peer->rest_size);
        memcpy(peer->rest, input + used, peer->rest_size);
    }
}

/* Looks by the clock at what has come. Waiting in epoll would have the server wake us with each frame
 * that it sends, which costs it as much as sending: viewers are elsewhere and cost it no such thing. */
static void turn(void) {
    struct epoll_event events[512];
    struct timespec nap = {.tv_nsec = NAP};
    double before = now();
    nanosleep(&nap, NULL);
    waited += now() - before;
    for (int count = 512; count == 512;) {
        count = epoll_wait(poller, events, 512, 0);
        for (int i = 0; i < count; i++) {
            struct peer *peer = events[i].data.ptr;
            if (peer->state == ENDED) continue;
            if (peer->state == CONNECTING) shake(peer);
            else readable(peer);
        }
    }
}

static void join_all(void) {
    double began = now();
    for (int next = 0; opened + ended < total;) {
        while (next < total && opening < HANDSHAKES) open_peer(&peers[next++]);
        turn();
        if (now() - began > 120) break;
    }
    printf("joined %d of %d in %.2f s\n", opened, total, now() - began);
    fflush(stdout);
}

static void stop_some(int stop) {
    for (int i = 0; i < stopped; i++) {
        struct peer *peer = &peers[i];
        if (peer->state != OPEN) continue;
        peer->stopped = 1;
        listen_to(peer, EPOLL_CTL_MOD, stop ? 0 : EPOLLIN);
    }
}

static int all_have_all(void) {
    if (received + refused < sent) return 0;
    for (int i = 0; i < viewers; i++)
        if (peers[i].state == OPEN && !peers[i].stopped
            && (naive ? peers[i].shown < received : peers[i].last < highest)) return 0;
    return 1;
}

static void load(void) {
    double acked = now(), base;
    int stopping = 0, next_ack = 0;
    started = base = now();
    waited = frames = bytes = 0;
    for (int i = 0; in_flight && i < senders; i++)
        for (int j = 0; j < in_flight; j++) send_gift(&peers[viewers + i], 0, now());
    for (;;) {
        double at = now(), since = at - base;
        if (since >= seconds && (all_have_all() || since >= seconds + settle)) break;
        while (rate > 0 && since < seconds && sent < gifts_most && sent / rate <= since)
            send_gift(&peers[viewers + sent % senders], sent / rate, at);
        if (stopped && !stopping && since >= stop_after) { stop_some(1); stopping = 1; }
        if (stopping == 1 && since >= stop_after + stop_for) { stop_some(0); stopping = 2; }
        int acks = naive ? 0 : (int)((at - acked) * total / ACK_SECONDS);
        for (int i = 0; i < acks && i < total; i++, next_ack = (next_ack + 1) % total) {
            char out[64];
            struct peer *peer = &peers[next_ack];
            int size = snprintf(out, sizeof out, "{\"type\":\"ack\",\"v\":1,\"seq\":%u}", peer->last);
            if (peer->state == OPEN) say(peer, 1, out, size);
            acked = at;
        }
        turn();
    }
    loaded_from = 1;
}

static void count_views(int from, int to) {
    for (int i = from; i < to; i++) {
        struct peer *peer = &peers[i];
        uint32_t before = peer->first;
        for (size_t j = 0; j < peer->seen_count; j++) {
            struct seen one = peer->seen[j];
            double at = one.at / 1e5;
            if (naive) {
                if (one.number < sent && due[one.number] >= warm_up) add(&views, at - due[one.number]);
                continue;
            }
            for (uint32_t seq = before + 1; seq <= one.number && seq < gift_of_most; seq++)
                if (gift_of[seq] != NEVER && due[gift_of[seq]] >= warm_up)
                    add(&views, at - due[gift_of[seq]]);
            before = one.number;
        }
        shown += peer->shown;
    }
}

static void report(double took) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    int exact = 0, here = 0, stopped_ended = 0;
    uint64_t coins = 0, gifts = 0;
    for (int i = stopped; i < viewers; i++) {
        if (peers[i].coins > coins) { coins = peers[i].coins; gifts = peers[i].gifts; }
        here += peers[i].state == OPEN;
    }
    for (int i = stopped; i < viewers; i++)
        exact += naive ? peers[i].shown == received : peers[i].coins == coins && peers[i].last >= highest;
    for (int i = 0; i < stopped; i++) stopped_ended += peers[i].state == ENDED;
    count_views(stopped, viewers);
    printf("{\"seconds\":%.3f,\"viewers\":%d,\"sent\":%u,\"receipts\":%u,\"refused\":%u,"
           "\"refusal\":\"%s\",\"receipt_p50\":%.2f,\"receipt_p99\":%.2f,\"view_p50\":%.2f,"
           "\"view_p99\":%.2f,\"view_max\":%.2f,\"views\":%llu,\"shown\":%llu,\"frames\":%llu,"
           "\"bytes\":%llu,\"exact\":%d,\"here\":%d,\"coins\":%llu,\"gifts\":%llu,"
           "\"stopped\":%d,\"stopped_ended\":%d,\"busy\":%.3f,\"late_p99\":%.2f,\"cut\":%d}\n",
           took, viewers - stopped, sent, received, refused, refusal, part(&receipts, .5),
           part(&receipts, .99), part(&views, .5), part(&views, .99), part(&views, 1 - 1e-12),
           (unsigned long long)views.count, (unsigned long long)shown, (unsigned long long)frames,
           (unsigned long long)bytes, exact, here, (unsigned long long)coins,
           (unsigned long long)gifts, stopped, stopped_ended, 1 - waited / took,
           part(&lateness, .99), closed_badly);
    fflush(stdout);
}

/* Everybody of a file: a line each, of the path, a tab and what to join with. */
static void read_people(const char *name) {
    FILE *file = fopen(name, "r");
    if (!file) die(name);
    char *line = NULL;
    size_t most = 0;
    while (getline(&line, &most, file) > 0) {
        line[strcspn(line, "\n")] = 0;
        peers = realloc(peers, (total + 1) * sizeof *peers);
        memset(&peers[total], 0, sizeof *peers);
        char *text = strdup(line), *tab = strchr(text, '\t');
        *tab = 0;
        peers[total].path = text;
        peers[total++].join = tab + 1;
    }
    fclose(file);
    viewers = total - senders;
}

int main(int count, char **said) {
    if (count != 15) { fprintf(stderr, "see benchmarks/crowd.py\n"); return 2; }
    char line[16];
    host = said[1]; port = atoi(said[2]); origin = said[3]; naive = !strcmp(said[4], "naive");
    if (naive) key_mark = "\"key\": \"k"; /* as json.dumps writes it */
    senders = atoi(said[6]); gift_text = said[7]; rate = atof(said[8]); in_flight = atoi(said[9]);
    seconds = atof(said[10]); warm_up = atof(said[11]); settle = atof(said[12]);
    stopped = atoi(said[13]); stop_after = 2; stop_for = atof(said[14]);
    read_people(said[5]);
    gifts_most = rate > 0 ? (uint32_t)(rate * seconds) : 2000000;
    due = calloc(gifts_most, sizeof *due);
    gift_of_most = gifts_most + 4000000;
    gift_of = malloc(gift_of_most * sizeof *gift_of);
    memset(gift_of, 255, gift_of_most * sizeof *gift_of);
    poller = epoll_create1(0);
    join_all();
    fcntl(0, F_SETFL, O_NONBLOCK);
    while (read(0, line, sizeof line) < 0) turn();
    load();
    report(now() - started);
    while (read(0, line, sizeof line) != 0) turn();
    return 0;
}
