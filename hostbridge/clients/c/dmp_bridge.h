/* dmp_bridge: drives the bridge of the DMP (`dmp serve --stdio`) from any language that can call C.
 *
 * Texts are UTF-8, JSON where they are called so. Everything happens in the thread that calls: nothing is ever called
 * back. What the bridge says is taken with dmp_poll, when the host's own loop has time. A bridge that dies is started
 * again after 0.1, 0.5, 2 and 5 seconds, and hears again who works and which patients are open; a `document/saved` or
 * `host/event` that was not answered is sent again as it was, and the bridge keeps it once. Any other request that was
 * open ends as DMP_ERROR. A bridge that never worked (it does not start, or ends at once) or that refuses `initialize`
 * (DMP_ERROR, 0: the configuration, the version...) is not started again by itself: what was asked ends as DMP_ERROR
 * too, with the reason, then DMP_GONE comes. What is asked later starts it anew.
 *
 * The text of every error has `data`: `code`, `sentence` and `remedy` in French for the operator, `detail` for you.
 *
 * Any thread may ask, call and cancel; one thread polls. The others are done before dmp_close.
 */
#ifndef DMP_BRIDGE_H
#define DMP_BRIDGE_H

#if defined(_WIN32)
#  define DMP_EXPORT __declspec(dllexport)
#else
#  define DMP_EXPORT __attribute__((visibility("default")))
#endif
#if defined(_WIN32) && defined(DMP_STDCALL)
#  define DMP_CALL __stdcall
#else
#  define DMP_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define DMP_PROTOCOL "1.0"

typedef struct dmp_bridge dmp_bridge;

enum dmp_kind {
    DMP_NOTHING = 0,   /* nothing came within the time given */
    DMP_STARTED = 1,   /* dmp_text: the result of `initialize`; at the first start and after each new one */
    DMP_RESULT = 2,    /* dmp_id: the request; dmp_text: its result */
    DMP_ERROR = 3,     /* dmp_id: the request, 0 for `initialize`; dmp_text: {"code", "message", "data"} */
    DMP_NOTICE = 4,    /* dmp_method: `feed/finished`...; dmp_text: its parameters */
    DMP_GONE = 5       /* it died too often, never worked, or refused `initialize`; dmp_text: as for DMP_ERROR */
};

/* Start the bridge. `command`: the program and its arguments, separated by line feeds. `initialize`: the parameters of
 * `initialize` as JSON (`{"host": {"name": ..., "version": ...}, "operator": {...}}`); the protocol's version is added.
 * NULL where there is no memory, or no command or no object. Requests may be asked at once. */
DMP_EXPORT dmp_bridge *DMP_CALL dmp_open(const char *command, const char *initialize);

/* Ask `method` with `params` (JSON, NULL for {}). The number of the request, from 1; 0 where there is no memory. */
DMP_EXPORT int DMP_CALL dmp_ask(dmp_bridge *bridge, const char *method, const char *params);

/* Ask and wait for the answer, at most so many milliseconds: DMP_RESULT or DMP_ERROR. `text`: its result or the error, to
 * be freed with dmp_free. What else the bridge says meanwhile comes at the next polls. Code DMP-LINK-002: no answer came in
 * time, none will be given; repeat a `document/saved` or `host/event` under its key, ask anything else again. */
DMP_EXPORT enum dmp_kind DMP_CALL dmp_call(dmp_bridge *bridge, const char *method, const char *params, int milliseconds, char **text);

/* What the bridge said next, waited for at most so many milliseconds. Its parts stay readable until the next poll. */
DMP_EXPORT enum dmp_kind DMP_CALL dmp_poll(dmp_bridge *bridge, int milliseconds);
DMP_EXPORT int DMP_CALL dmp_id(const dmp_bridge *bridge);
DMP_EXPORT const char *DMP_CALL dmp_method(const dmp_bridge *bridge);
DMP_EXPORT const char *DMP_CALL dmp_text(const dmp_bridge *bridge);

/* One value of a JSON text: `item.state`, `data.sentence`. A string without its quotes, anything else as it is written,
 * NULL where there is none. To be freed with dmp_free. */
DMP_EXPORT char *DMP_CALL dmp_value(const char *json, const char *path);
DMP_EXPORT void DMP_CALL dmp_free(char *text);

/* Give a request up: its answer, if one comes, is an error with code -32800. */
DMP_EXPORT void DMP_CALL dmp_cancel(dmp_bridge *bridge, int id);

/* Say goodbye, wait for the bridge to leave (then end it), and free everything. Its exit status; -1: it was ended. */
DMP_EXPORT int DMP_CALL dmp_close(dmp_bridge *bridge, int milliseconds);

#if defined(_WIN32)
/* Post `message` to `window` whenever dmp_poll(bridge, 0) has something to give or to do: no timer is needed beside it.
 * One message may stand for several things, and be one too many. A window of 0 ends it. */
DMP_EXPORT void DMP_CALL dmp_post_to(dmp_bridge *bridge, void *window, unsigned message);
#endif

#ifdef __cplusplus
}
#endif
#endif
