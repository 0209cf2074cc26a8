#include "dmp_bridge.h"

#include "child.h"
#include "json_scan.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_FRAME 16000000
#define ARGUMENTS 64
#define LAST_WORDS 200 /* milliseconds: a bridge that closed its output is about to end, and its status says something */
#define ENDED "Le pont vers le DMP est arr\xc3\xaat\xc3\xa9."
#define REMEDY "Recommencez\xc2\xa0; si cela se r\xc3\xa9p\xc3\xa8te, red\xc3\xa9marrez le logiciel et transmettez ce code \xc3\xa0 l\xe2\x80\x99\xc3\xa9" "diteur du LGO."
#define VENDOR "l\xe2\x80\x99\xc3\xa9" "diteur du LGO"

static const int BACK_OFF[] = {100, 500, 2000, 5000}; /* milliseconds before each new start */
#define STARTS ((int)(sizeof BACK_OFF / sizeof *BACK_OFF))

typedef struct {
    char *at;
    size_t size, room;
} bytes;

typedef struct request {
    struct request *next;
    int id, sent, failed, ours; /* ours: asked by this library when it introduces the host again */
    char *method, *params;
} request;

typedef struct patient {
    struct patient *next;
    char *host_id, *params;
} patient;

enum state { STARTING, READY, DEAD, OVER, TOLD };

struct dmp_bridge {
    char *command, *arguments[ARGUMENTS], *initialize;
    dmp_child *child;
    enum state state;
    int starts, next_id, first_id, status; /* status: of the last bridge that ended, -1 unknown */
    long long start_at;
    bytes in, out;
    request *requests;
    char *operator_now;
    patient *patients;
    int id; /* what dmp_poll gave last */
    char *method, *text;
#if defined(_WIN32)
    void *window;
    unsigned message;
    dmp_waker *waker;
#endif
};

/* ---------------------------------------------------------------- texts */

static char *copied(const char *at, size_t size) {
    char *copy = malloc(size + 1);
    if (copy) {
        memcpy(copy, at, size);
        copy[size] = 0;
    }
    return copy;
}

static char *copied_span(dmp_span span) {
    return span.at ? copied(span.at, span.size) : NULL;
}

static void replace(char **text, char *with) {
    free(*text);
    *text = with;
}

static int add(bytes *to, const char *at, size_t size) {
    if (to->size + size > to->room) {
        size_t room = (to->size + size) * 2;
        char *more = realloc(to->at, room);
        if (!more) return 0;
        to->at = more, to->room = room;
    }
    memcpy(to->at + to->size, at, size);
    to->size += size;
    return 1;
}

static void drop(bytes *from, size_t size) {
    from->size -= size;
    memmove(from->at, from->at + size, from->size);
}

static dmp_span whole(const char *text) {
    return (dmp_span){text, text ? strlen(text) : 0};
}

/* ---------------------------------------------------------------- what is said to the bridge */

static int send_frame(dmp_bridge *bridge, const char *body, size_t size) {
    char head[64];
    int length = snprintf(head, sizeof head, "Content-Length: %zu\r\n\r\n", size);
    return add(&bridge->out, head, (size_t)length) && add(&bridge->out, body, size);
}

/* `id` 0: a notification. */
static int say(dmp_bridge *bridge, int id, const char *method, const char *params) {
    size_t room = strlen(method) + strlen(params) + 96;
    char *body = malloc(room);
    if (!body) return 0;
    int size = id ? snprintf(body, room, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}", id, method, params)
                  : snprintf(body, room, "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":%s}", method, params);
    int sent = send_frame(bridge, body, (size_t)size);
    free(body);
    return sent;
}

static int repeatable(const request *asked) {
    return !strcmp(asked->method, "document/saved") || !strcmp(asked->method, "host/event");
}

static request *new_request(dmp_bridge *bridge, const char *method, const char *params, int ours) {
    request *made = calloc(1, sizeof *made), **last = &bridge->requests;
    if (!made) return NULL;
    made->id = ++bridge->next_id;
    made->ours = ours;
    made->method = copied(method, strlen(method));
    made->params = copied(params, strlen(params));
    if (!made->method || !made->params) {
        free(made->method), free(made->params), free(made);
        return NULL;
    }
    while (*last) last = &(*last)->next;
    *last = made;
    return made;
}

static void free_request(dmp_bridge *bridge, request *gone) {
    for (request **at = &bridge->requests; *at; at = &(*at)->next) {
        if (*at == gone) {
            *at = gone->next;
            free(gone->method), free(gone->params), free(gone);
            return;
        }
    }
}

static request *request_of(dmp_bridge *bridge, int id) {
    for (request *each = bridge->requests; each; each = each->next)
        if (each->id == id) return each;
    return NULL;
}

static void send_waiting(dmp_bridge *bridge) {
    for (request *each = bridge->requests; each; each = each->next)
        if (!each->sent && !each->failed) each->sent = say(bridge, each->id, each->method, each->params);
}

/* ---------------------------------------------------------------- start, and start again */

static int start(dmp_bridge *bridge) {
    bridge->in.size = bridge->out.size = 0;
    bridge->child = dmp_child_start(bridge->arguments);
    if (!bridge->child) return 0;
#if defined(_WIN32)
    dmp_child_post_to(bridge->child, bridge->window, bridge->message);
#endif
    bridge->state = STARTING;
    bridge->first_id = ++bridge->next_id;
    return say(bridge, bridge->first_id, "initialize", bridge->initialize);
}

/* The bridge that has just started hears what an earlier one knew; then what waits is asked. */
static void introduce(dmp_bridge *bridge) {
    request *asked;
    bridge->state = READY;
    say(bridge, 0, "initialized", "{}");
    if (bridge->operator_now && (asked = new_request(bridge, "operator/changed", bridge->operator_now, 1)))
        asked->sent = say(bridge, asked->id, asked->method, asked->params);
    for (patient *each = bridge->patients; each; each = each->next)
        if ((asked = new_request(bridge, "patient/opened", each->params, 1)))
            asked->sent = say(bridge, asked->id, asked->method, asked->params);
    send_waiting(bridge);
}

static void end_child(dmp_bridge *bridge) {
    if (bridge->child) bridge->status = dmp_child_end(bridge->child, LAST_WORDS);
    bridge->child = NULL;
}

static void fall(dmp_bridge *bridge) {
    bridge->status = -1;
    end_child(bridge);
    for (request *each = bridge->requests, *next; each; each = next) {
        next = each->next;
        if (each->ours) free_request(bridge, each);
        else if (each->sent && repeatable(each)) each->sent = 0;
        else if (each->sent) each->failed = 1;
    }
    bridge->state = bridge->starts < STARTS ? DEAD : OVER;
    if (bridge->state == DEAD) bridge->start_at = dmp_now() + BACK_OFF[bridge->starts++];
}

/* ---------------------------------------------------------------- what an answer leaves to remember */

static void forget_patient(dmp_bridge *bridge, const char *host_id) {
    for (patient **at = &bridge->patients; *at; at = &(*at)->next) {
        if (!strcmp((*at)->host_id, host_id)) {
            patient *gone = *at;
            *at = gone->next;
            free(gone->host_id), free(gone->params), free(gone);
            return;
        }
    }
}

static void remember(dmp_bridge *bridge, const request *done) {
    dmp_span params = whole(done->params);
    if (!strcmp(done->method, "operator/changed")) {
        replace(&bridge->operator_now, copied_span(params));
    } else if (!strcmp(done->method, "patient/opened") || !strcmp(done->method, "patient/updated")) {
        char *host_id = copied_span(dmp_member(dmp_member(params, "patient"), "host_id"));
        patient *known = calloc(1, sizeof *known);
        if (!host_id || !known) {
            free(host_id), free(known);
            return;
        }
        forget_patient(bridge, host_id);
        *known = (patient){bridge->patients, host_id, copied_span(params)};
        bridge->patients = known;
    } else if (!strcmp(done->method, "patient/closed")) {
        char *host_id = copied_span(dmp_member(params, "host_id"));
        if (host_id) forget_patient(bridge, host_id);
        free(host_id);
    }
}

/* ---------------------------------------------------------------- what the bridge says */

static enum dmp_kind tell(dmp_bridge *bridge, enum dmp_kind kind, int id, dmp_span text) {
    bridge->id = id;
    replace(&bridge->text, copied_span(text));
    return kind;
}

static enum dmp_kind answered(dmp_bridge *bridge, int id, dmp_span message) {
    dmp_span result = dmp_member(message, "result"), error = dmp_member(message, "error");
    if (id == bridge->first_id && bridge->state == STARTING) {
        if (error.at) { /* it does not let this host in, now or after another start */
            enum dmp_kind kind = tell(bridge, DMP_ERROR, 0, error);
            bridge->status = 0;
            bridge->state = OVER;
            return kind;
        }
        introduce(bridge);
        return tell(bridge, DMP_STARTED, 0, result);
    }
    request *asked = request_of(bridge, id);
    if (!asked) return DMP_NOTHING;
    int ours = asked->ours;
    if (result.at && !ours) {
        bridge->starts = 0;
        remember(bridge, asked);
    }
    free_request(bridge, asked);
    if (ours) return DMP_NOTHING;
    return error.at ? tell(bridge, DMP_ERROR, id, error) : tell(bridge, DMP_RESULT, id, result);
}

static enum dmp_kind heard(dmp_bridge *bridge, dmp_span message) {
    dmp_span method = dmp_member(message, "method"), id = dmp_member(message, "id");
    if (method.at && method.size > 2) {
        replace(&bridge->method, copied(method.at + 1, method.size - 2));
        return tell(bridge, DMP_NOTICE, 0, dmp_member(message, "params"));
    }
    return id.at ? answered(bridge, atoi(id.at), message) : DMP_NOTHING;
}

/* The size of the frame that begins the buffer, its head included; 0: not whole yet; -1: no frame. */
static long frame(const bytes *in, size_t *head) {
    static const char NAME[] = "Content-Length:";
    char *end = NULL;
    for (size_t at = 0; at + 4 <= in->size && !end; at++)
        if (!memcmp(in->at + at, "\r\n\r\n", 4)) end = in->at + at;
    if (!end) return in->size > 8192 ? -1 : 0;
    *head = (size_t)(end + 4 - in->at);
    for (char *line = in->at; line < end; line++) {
        if ((line == in->at || line[-1] == '\n') && (size_t)(end - line) > sizeof NAME - 1 && !memcmp(line, NAME, sizeof NAME - 1)) {
            long size = strtol(line + sizeof NAME - 1, NULL, 10);
            if (size < 0 || size > LARGEST_FRAME) return -1;
            return *head + (size_t)size <= in->size ? (long)*head + size : 0;
        }
    }
    return -1;
}

static int flush(dmp_bridge *bridge) {
    while (bridge->out.size) {
        long wrote = dmp_child_write(bridge->child, bridge->out.at, bridge->out.size);
        if (wrote < 0) return 0;
        if (wrote == 0) break;
        drop(&bridge->out, (size_t)wrote);
    }
    return 1;
}

/* One step: what one frame says, or bytes in and out. `left`: milliseconds it may wait. */
static enum dmp_kind step(dmp_bridge *bridge, int left) {
    size_t head = 0;
    long size = frame(&bridge->in, &head);
    if (size > 0) {
        enum dmp_kind kind = heard(bridge, (dmp_span){bridge->in.at + head, (size_t)size - head});
        drop(&bridge->in, (size_t)size);
        return kind;
    }
    char piece[65536];
    if (size < 0 || !flush(bridge)) {
        fall(bridge);
        return DMP_NOTHING;
    }
    long got = dmp_child_read(bridge->child, piece, sizeof piece, bridge->out.size && left > 5 ? 5 : left);
    if (got < 0 || (got > 0 && !add(&bridge->in, piece, (size_t)got))) fall(bridge);
    return DMP_NOTHING;
}

/* The error that the bridge cannot give itself, with the fields of all errors. */
static enum dmp_kind tell_gone(dmp_bridge *bridge, enum dmp_kind kind, int id) {
    char text[768];
    snprintf(text, sizeof text,
             "{\"code\":0,\"message\":\"" ENDED "\",\"data\":{\"code\":\"DMP-LINK-001\",\"sentence\":\"" ENDED
             "\",\"remedy\":\"" REMEDY "\",\"mender\":\"" VENDOR "\",\"detail\":\"the bridge ended before it answered "
             "(exit status %d, -1: unknown); its standard error says why\",\"origin\":null}}", bridge->status);
    return tell(bridge, kind, id, whole(text));
}

static enum dmp_kind failed_request(dmp_bridge *bridge) {
    for (request *each = bridge->requests; each; each = each->next) {
        if (each->failed || bridge->state >= OVER) {
            int id = each->id;
            free_request(bridge, each);
            return tell_gone(bridge, DMP_ERROR, id);
        }
    }
    return DMP_NOTHING;
}

/* A host that polls only when its window is told: what no byte of the bridge will tell comes by itself. */
static enum dmp_kind woken(dmp_bridge *bridge, enum dmp_kind kind) {
#if defined(_WIN32)
    if (!bridge->waker) return kind;
    int now = kind != DMP_NOTHING || bridge->state == OVER; /* there may be more */
    for (request *each = bridge->requests; each; each = each->next) now |= each->failed;
    long long pause = bridge->start_at - dmp_now();
    if (now) dmp_waker_in(bridge->waker, 0);
    else if (bridge->state == DEAD) dmp_waker_in(bridge->waker, pause > 0 ? (int)pause : 0);
    else if (bridge->out.size) dmp_waker_in(bridge->waker, 10);
#else
    (void)bridge;
#endif
    return kind;
}

/* ---------------------------------------------------------------- what the host calls */

static char *with_version(const char *initialize) {
    static const char VERSION[] = "{\"protocol_version\":\"" DMP_PROTOCOL "\"";
    const char *inside = strchr(initialize, '{');
    if (!inside) return NULL;
    inside++;
    while (*inside && strchr(" \t\r\n", *inside)) inside++;
    size_t room = strlen(initialize) + sizeof VERSION + 2;
    char *made = malloc(room);
    if (made) snprintf(made, room, "%s%s%s", VERSION, *inside == '}' ? "" : ",", inside);
    return made;
}

dmp_bridge *DMP_CALL dmp_open(const char *command, const char *initialize) {
    dmp_bridge *bridge = calloc(1, sizeof *bridge);
    if (!bridge) return NULL;
    bridge->command = copied(command, strlen(command));
    bridge->initialize = with_version(initialize);
    int count = 0;
    for (char *at = bridge->command; at && *at && count < ARGUMENTS - 1; count++) {
        bridge->arguments[count] = at;
        at = strchr(at, '\n');
        if (at) *at++ = 0;
    }
    if (!count || !bridge->initialize || !start(bridge)) {
        dmp_close(bridge, 0);
        return NULL;
    }
    return bridge;
}

int DMP_CALL dmp_ask(dmp_bridge *bridge, const char *method, const char *params) {
    if (bridge->state >= OVER || strpbrk(method, "\"\\") || bridge->next_id == INT_MAX) return 0;
    request *asked = new_request(bridge, method, params ? params : "{}", 0);
    if (!asked) return 0;
    if (bridge->state == READY) {
        asked->sent = say(bridge, asked->id, asked->method, asked->params);
        flush(bridge);
    }
    woken(bridge, DMP_NOTHING);
    return asked->id;
}

static enum dmp_kind next_said(dmp_bridge *bridge, int milliseconds) {
    long long until = dmp_now() + (milliseconds > 0 ? milliseconds : 0);
    for (;;) {
        enum dmp_kind kind = failed_request(bridge);
        long long now = dmp_now();
        int left = now < until ? (int)(until - now) : 0;
        if (kind == DMP_NOTHING && bridge->state == OVER) {
            bridge->state = TOLD;
            return tell_gone(bridge, DMP_GONE, 0);
        }
        if (kind == DMP_NOTHING && bridge->state == DEAD) {
            if (now >= bridge->start_at) {
                if (!start(bridge)) fall(bridge);
                continue;
            }
            int pause = (int)(bridge->start_at - now);
            dmp_pause(left < pause ? left : pause);
        } else if (kind == DMP_NOTHING && bridge->state < DEAD) {
            kind = step(bridge, left);
        }
        if (kind != DMP_NOTHING || bridge->state == TOLD) return kind;
        size_t head = 0;
        if (dmp_now() >= until && frame(&bridge->in, &head) == 0) return DMP_NOTHING;
    }
}

enum dmp_kind DMP_CALL dmp_poll(dmp_bridge *bridge, int milliseconds) {
    return woken(bridge, next_said(bridge, milliseconds));
}

int DMP_CALL dmp_id(const dmp_bridge *bridge) {
    return bridge->id;
}

const char *DMP_CALL dmp_method(const dmp_bridge *bridge) {
    return bridge->method ? bridge->method : "";
}

const char *DMP_CALL dmp_text(const dmp_bridge *bridge) {
    return bridge->text ? bridge->text : "";
}

void DMP_CALL dmp_cancel(dmp_bridge *bridge, int id) {
    char params[32];
    request *asked = request_of(bridge, id);
    if (!asked || bridge->state != READY || !asked->sent) return;
    snprintf(params, sizeof params, "{\"id\":%d}", id);
    say(bridge, 0, "$/cancelRequest", params);
    flush(bridge);
}

int DMP_CALL dmp_close(dmp_bridge *bridge, int milliseconds) {
    int status = -1;
    if (!bridge) return status;
#if defined(_WIN32)
    if (bridge->waker) dmp_waker_end(bridge->waker);
    bridge->waker = NULL;
#endif
    if (bridge->child) {
        long long until = dmp_now() + milliseconds;
        int goodbye = bridge->state == READY ? dmp_ask(bridge, "shutdown", "{}") : 0;
        bridge->starts = STARTS; /* it is not started again now */
        while (goodbye && bridge->state == READY && request_of(bridge, goodbye) && dmp_now() < until) dmp_poll(bridge, 50);
        if (bridge->child && bridge->state == READY) say(bridge, 0, "exit", "{}"), flush(bridge);
        long long left = until - dmp_now();
        if (bridge->child) status = dmp_child_end(bridge->child, left > 0 ? (int)left : 0);
    }
    while (bridge->requests) free_request(bridge, bridge->requests);
    while (bridge->patients) forget_patient(bridge, bridge->patients->host_id);
    free(bridge->command), free(bridge->initialize), free(bridge->operator_now);
    free(bridge->in.at), free(bridge->out.at), free(bridge->method), free(bridge->text);
    free(bridge);
    return status;
}

#if defined(_WIN32)
void DMP_CALL dmp_post_to(dmp_bridge *bridge, void *window, unsigned message) {
    if (bridge->waker) dmp_waker_end(bridge->waker);
    bridge->waker = window ? dmp_waker_start(window, message) : NULL;
    bridge->window = window, bridge->message = message;
    if (bridge->child) dmp_child_post_to(bridge->child, window, message);
    woken(bridge, DMP_NOTHING);
}
#endif
