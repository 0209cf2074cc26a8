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
#define TURN 10 /* milliseconds that one thread waits for bytes before another one may ask */
#define LATE "Le pont vers le DMP n\xe2\x80\x99" "a pas r\xc3\xa9pondu \xc3\xa0 temps."
#define AGAIN "Recommencez dans un instant."
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
    int id, sent, failed;
    int ours;   /* nobody waits for its answer: asked to introduce the host again, or given up by dmp_call */
    int called; /* dmp_call waits for its answer, dmp_poll does not give it */
    char *method, *params;
} request;

typedef struct patient {
    struct patient *next;
    char *host_id, *params;
} patient;

typedef struct said {
    struct said *next;
    enum dmp_kind kind;
    int id, called;
    char *method, *text;
} said;

enum state { STARTING, READY, DEAD, OVER };

struct dmp_bridge {
    char *command, *arguments[ARGUMENTS], *initialize;
    dmp_child *child;
    dmp_lock *lock;
    enum state state;
    int starts, next_id, first_id;
    int ran;     /* it answered `initialize` since the host opened it, or asked it anew */
    int untold;  /* the host has not heard yet that it is gone */
    char why[64], *refused; /* how the last bridge ended; its answer to `initialize` where that was an error */
    long long start_at;
    bytes in, out;
    request *requests;
    char *operator_now;
    patient *patients;
    said now, shown;              /* what this step says; what dmp_poll gave last */
    said *kept, *last, *answers;  /* what comes at the next polls, and its end; what calls wait for */
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

static void end_child(dmp_bridge *bridge) {
    if (!bridge->child) return;
    int status = dmp_child_end(bridge->child, LAST_WORDS);
    bridge->child = NULL;
    snprintf(bridge->why, sizeof bridge->why, status < 0 ? "it was ended by force" : "exit status %d", status);
}

static int start(dmp_bridge *bridge) {
    int error = 0;
    end_child(bridge);
    bridge->in.size = bridge->out.size = 0;
    bridge->child = dmp_child_start(bridge->arguments, &error);
    if (!bridge->child) {
        snprintf(bridge->why, sizeof bridge->why, "it cannot be started, system error %d%s", error, error == 2 ? ": not found" : "");
        return 0;
    }
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
    bridge->ran = 1;
    say(bridge, 0, "initialized", "{}");
    if (bridge->operator_now && (asked = new_request(bridge, "operator/changed", bridge->operator_now, 1)))
        asked->sent = say(bridge, asked->id, asked->method, asked->params);
    for (patient *each = bridge->patients; each; each = each->next)
        if ((asked = new_request(bridge, "patient/opened", each->params, 1)))
            asked->sent = say(bridge, asked->id, asked->method, asked->params);
    send_waiting(bridge);
}

/* No more will come by itself: what was asked ends, and the host hears that it is gone. */
static void finish(dmp_bridge *bridge) {
    for (request *each = bridge->requests; each; each = each->next) each->failed = 1;
    bridge->state = OVER;
    bridge->untold = 1;
}

/* The bridge ended, or does not start. One that never worked is not tried again by itself: its command is wrong. */
static void fall(dmp_bridge *bridge) {
    end_child(bridge);
    for (request *each = bridge->requests, *next; each; each = next) {
        next = each->next;
        if (each->ours) free_request(bridge, each);
        else if (each->sent && repeatable(each)) each->sent = 0;
        else if (each->sent) each->failed = 1;
    }
    if (!bridge->ran || bridge->starts >= STARTS) {
        finish(bridge);
        return;
    }
    bridge->state = DEAD;
    bridge->start_at = dmp_now() + BACK_OFF[bridge->starts++];
}

/* The host asks one that was given up: somebody may have mended it. */
static void revive(dmp_bridge *bridge) {
    replace(&bridge->refused, NULL);
    bridge->starts = bridge->ran = 0;
    bridge->start_at = dmp_now();
    bridge->state = DEAD;
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
    bridge->now.kind = kind;
    bridge->now.id = id;
    bridge->now.called = 0;
    replace(&bridge->now.text, copied_span(text));
    return kind;
}

static enum dmp_kind tell_whom(dmp_bridge *bridge, enum dmp_kind kind, const request *asked, dmp_span text) {
    tell(bridge, kind, asked->id, text);
    bridge->now.called = asked->called;
    return kind;
}

static enum dmp_kind answered(dmp_bridge *bridge, int id, dmp_span message) {
    dmp_span result = dmp_member(message, "result"), error = dmp_member(message, "error");
    if (id == bridge->first_id && bridge->state == STARTING) {
        if (error.at) { /* it does not let this host in, now or after another start */
            replace(&bridge->refused, copied_span(error));
            dmp_child_hang_up(bridge->child);
            finish(bridge);
            return tell(bridge, DMP_ERROR, 0, error);
        }
        introduce(bridge);
        return tell(bridge, DMP_STARTED, 0, result);
    }
    request *asked = request_of(bridge, id);
    if (!asked) return DMP_NOTHING;
    enum dmp_kind kind = DMP_NOTHING;
    if (result.at && !asked->ours) {
        bridge->starts = 0;
        remember(bridge, asked);
    }
    if (!asked->ours) kind = error.at ? tell_whom(bridge, DMP_ERROR, asked, error) : tell_whom(bridge, DMP_RESULT, asked, result);
    free_request(bridge, asked);
    return kind;
}

static enum dmp_kind heard(dmp_bridge *bridge, dmp_span message) {
    dmp_span method = dmp_member(message, "method"), id = dmp_member(message, "id");
    if (method.at && method.size > 2) {
        replace(&bridge->now.method, copied(method.at + 1, method.size - 2));
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
static char *fault(const char *code, const char *sentence, const char *remedy, const char *detail, const char *more) {
    static const char FORM[] = "{\"code\":0,\"message\":\"%s\",\"data\":{\"code\":\"%s\",\"sentence\":\"%s\",\"remedy\":\"%s\","
                               "\"mender\":\"" VENDOR "\",\"detail\":\"%s%s\",\"origin\":null}}";
    size_t room = 1024 + strlen(detail);
    char *text = malloc(room);
    if (text) snprintf(text, room, FORM, sentence, code, sentence, remedy, detail, more);
    return text;
}

static enum dmp_kind tell_gone(dmp_bridge *bridge, enum dmp_kind kind, int id) {
    char *text = bridge->state == OVER && bridge->refused
        ? copied_span(whole(bridge->refused))
        : fault("DMP-LINK-001", ENDED, REMEDY, bridge->why, "; its standard error says why: start the same command in a terminal");
    tell(bridge, kind, id, whole(text));
    free(text);
    return kind;
}

static enum dmp_kind failed_request(dmp_bridge *bridge) {
    for (request *each = bridge->requests; each; each = each->next) {
        if (each->failed) {
            tell_gone(bridge, DMP_ERROR, each->id);
            bridge->now.called = each->called;
            free_request(bridge, each);
            return DMP_ERROR;
        }
    }
    return DMP_NOTHING;
}

/* A host that polls only when its window is told: what no byte of the bridge will tell comes by itself. */
static enum dmp_kind woken(dmp_bridge *bridge, enum dmp_kind kind) {
#if defined(_WIN32)
    if (!bridge->waker) return kind;
    int now = kind != DMP_NOTHING || bridge->untold || bridge->kept; /* there may be more */
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
    bridge->lock = dmp_lock_new();
    if (!count || !bridge->initialize || !bridge->lock) {
        dmp_close(bridge, 0);
        return NULL;
    }
    if (!start(bridge)) fall(bridge);
    return bridge;
}

static request *ask(dmp_bridge *bridge, const char *method, const char *params, int called) {
    if (strpbrk(method, "\"\\") || bridge->next_id == INT_MAX) return NULL;
    if (bridge->state == OVER) revive(bridge);
    request *asked = new_request(bridge, method, params ? params : "{}", 0);
    if (!asked) return NULL;
    asked->called = called;
    if (bridge->state == READY) {
        asked->sent = say(bridge, asked->id, asked->method, asked->params);
        flush(bridge);
    }
    woken(bridge, DMP_NOTHING);
    return asked;
}

int DMP_CALL dmp_ask(dmp_bridge *bridge, const char *method, const char *params) {
    dmp_lock_take(bridge->lock);
    request *asked = ask(bridge, method, params, 0);
    int id = asked ? asked->id : 0;
    dmp_lock_give(bridge->lock);
    return id;
}

/* What one step says; it waits for at most so many milliseconds. */
static enum dmp_kind once(dmp_bridge *bridge, int left) {
    enum dmp_kind kind = failed_request(bridge);
    if (kind != DMP_NOTHING) return kind;
    if (bridge->untold) {
        bridge->untold = 0;
        return tell_gone(bridge, DMP_GONE, 0);
    }
    if (bridge->state < DEAD) return step(bridge, left);
    long long pause = bridge->start_at - dmp_now();
    if (bridge->state == OVER || pause > left) dmp_pause(left);
    else if (pause > 0) dmp_pause((int)pause);
    else if (!start(bridge)) fall(bridge);
    return DMP_NOTHING;
}

static int turn(long long until) {
    long long left = until - dmp_now();
    return left <= 0 ? 0 : left < TURN ? (int)left : TURN;
}

/* Whether another step would say something without waiting. */
static int more(dmp_bridge *bridge) {
    size_t head = 0;
    if (bridge->untold) return 1;
    for (request *each = bridge->requests; each; each = each->next)
        if (each->failed) return 1;
    return bridge->state < DEAD && frame(&bridge->in, &head) != 0;
}

static void free_said(said *gone) {
    free(gone->method), free(gone->text);
    gone->method = gone->text = NULL;
}

/* What this step said is given later: by the next poll, or to the call that waits for it. */
static void keep(dmp_bridge *bridge) {
    said *kept = malloc(sizeof *kept);
    if (!kept) return;
    *kept = bridge->now;
    kept->next = NULL;
    bridge->now.method = bridge->now.text = NULL;
    if (kept->called) kept->next = bridge->answers, bridge->answers = kept;
    else if (bridge->kept) bridge->last->next = kept, bridge->last = kept;
    else bridge->kept = bridge->last = kept;
}

static void take(said **at, said *into) {
    said *found = *at;
    *at = found->next;
    free_said(into);
    *into = *found;
    free(found);
}

/* Take the answer to the call of this number; what comes next to dmp_poll where it is 0. */
static int taken(dmp_bridge *bridge, int id, said *into) {
    said **at = id ? &bridge->answers : &bridge->kept;
    while (*at && id && (*at)->id != id) at = &(*at)->next;
    if (!*at) return 0;
    take(at, into);
    return 1;
}

enum dmp_kind DMP_CALL dmp_poll(dmp_bridge *bridge, int milliseconds) {
    long long until = dmp_now() + (milliseconds > 0 ? milliseconds : 0);
    for (int over = 0; !over;) {
        dmp_lock_take(bridge->lock);
        bridge->shown.kind = DMP_NOTHING;
        if (!taken(bridge, 0, &bridge->shown) && once(bridge, turn(until)) != DMP_NOTHING) {
            keep(bridge);
            taken(bridge, 0, &bridge->shown);
        }
        over = bridge->shown.kind != DMP_NOTHING || (dmp_now() >= until && !more(bridge));
        woken(bridge, bridge->shown.kind);
        dmp_lock_give(bridge->lock);
    }
    return bridge->shown.kind;
}

/* Nobody waits for it any more: what the bridge still answers is dropped. */
static char *given_up(dmp_bridge *bridge, int id) {
    char params[32];
    request *asked = request_of(bridge, id);
    char *text = fault("DMP-LINK-002", LATE, AGAIN, asked ? asked->method : "", ": no answer in the time given");
    if (asked && bridge->state == READY && asked->sent) {
        asked->ours = 1;
        snprintf(params, sizeof params, "{\"id\":%d}", id);
        say(bridge, 0, "$/cancelRequest", params);
        flush(bridge);
    } else if (asked) {
        free_request(bridge, asked);
    }
    return text;
}

enum dmp_kind DMP_CALL dmp_call(dmp_bridge *bridge, const char *method, const char *params, int milliseconds, char **text) {
    long long until = dmp_now() + (milliseconds > 0 ? milliseconds : 0);
    said answer = {.kind = DMP_NOTHING};
    dmp_lock_take(bridge->lock);
    request *asked = ask(bridge, method, params, 1);
    int id = asked ? asked->id : 0;
    dmp_lock_give(bridge->lock);
    if (!asked) {
        *text = fault("DMP-LINK-001", ENDED, REMEDY, "no memory, or no name of a method", "");
        return DMP_ERROR;
    }
    while (answer.kind == DMP_NOTHING) {
        dmp_lock_take(bridge->lock);
        if (!taken(bridge, id, &answer) && once(bridge, turn(until)) != DMP_NOTHING) {
            keep(bridge);
            taken(bridge, id, &answer);
        }
        if (answer.kind == DMP_NOTHING && dmp_now() >= until && !more(bridge)) {
            answer.text = given_up(bridge, id);
            answer.kind = DMP_ERROR;
        }
        woken(bridge, DMP_NOTHING);
        dmp_lock_give(bridge->lock);
    }
    free(answer.method);
    *text = answer.text;
    return answer.kind;
}

char *DMP_CALL dmp_value(const char *json, const char *path) {
    dmp_span at = whole(json);
    char name[64];
    for (size_t length; *path; path += length + (path[length] == '.')) {
        length = strcspn(path, ".");
        if (length >= sizeof name) return NULL;
        memcpy(name, path, length);
        name[length] = 0;
        at = dmp_member(at, name);
    }
    return dmp_unquoted(at);
}

void DMP_CALL dmp_free(char *text) {
    free(text);
}

int DMP_CALL dmp_id(const dmp_bridge *bridge) {
    return bridge->shown.id;
}

const char *DMP_CALL dmp_method(const dmp_bridge *bridge) {
    return bridge->shown.method ? bridge->shown.method : "";
}

const char *DMP_CALL dmp_text(const dmp_bridge *bridge) {
    return bridge->shown.text ? bridge->shown.text : "";
}

void DMP_CALL dmp_cancel(dmp_bridge *bridge, int id) {
    char params[32];
    dmp_lock_take(bridge->lock);
    request *asked = request_of(bridge, id);
    if (asked && bridge->state == READY && asked->sent) {
        snprintf(params, sizeof params, "{\"id\":%d}", id);
        say(bridge, 0, "$/cancelRequest", params);
        flush(bridge);
    }
    dmp_lock_give(bridge->lock);
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
        bridge->starts = STARTS, bridge->ran = 0; /* it is not started again now */
        while (goodbye && bridge->state == READY && request_of(bridge, goodbye) && dmp_now() < until) dmp_poll(bridge, 50);
        if (bridge->child && bridge->state == READY) say(bridge, 0, "exit", "{}"), flush(bridge);
        long long left = until - dmp_now();
        if (bridge->child) status = dmp_child_end(bridge->child, left > 0 ? (int)left : 0);
    }
    while (bridge->requests) free_request(bridge, bridge->requests);
    while (bridge->patients) forget_patient(bridge, bridge->patients->host_id);
    free(bridge->command), free(bridge->initialize), free(bridge->operator_now);
    while (bridge->kept) take(&bridge->kept, &bridge->shown);
    while (bridge->answers) take(&bridge->answers, &bridge->shown);
    free_said(&bridge->now), free_said(&bridge->shown);
    free(bridge->in.at), free(bridge->out.at), free(bridge->refused);
    dmp_lock_free(bridge->lock);
    free(bridge);
    return status;
}

#if defined(_WIN32)
void DMP_CALL dmp_post_to(dmp_bridge *bridge, void *window, unsigned message) {
    dmp_lock_take(bridge->lock);
    if (bridge->waker) dmp_waker_end(bridge->waker);
    bridge->waker = window ? dmp_waker_start(window, message) : NULL;
    bridge->window = window, bridge->message = message;
    if (bridge->child) dmp_child_post_to(bridge->child, window, message);
    woken(bridge, DMP_NOTHING);
    dmp_lock_give(bridge->lock);
}
#endif
