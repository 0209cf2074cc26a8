/* A child process and its two pipes, seen the same way on every system. Nothing here knows what is said. */
#ifndef DMP_CHILD_H
#define DMP_CHILD_H

#include <stddef.h>

typedef struct dmp_child dmp_child;

/* NULL where it cannot be started, and the number of the system's error. `arguments` ends with NULL. */
dmp_child *dmp_child_start(char *const *arguments, int *error);

/* Bytes that came within so many milliseconds: >0; 0: none yet; -1: the child closed its output. */
long dmp_child_read(dmp_child *child, char *into, size_t size, int milliseconds);

/* Write some of the bytes without waiting for long: how many; -1: the child is gone. */
long dmp_child_write(dmp_child *child, const char *bytes, size_t size);

/* Close its input. */
void dmp_child_hang_up(dmp_child *child);

/* Wait at most so many milliseconds for the end, then force it. Its exit status, -1 where it was forced; frees. */
int dmp_child_end(dmp_child *child, int milliseconds);

#if defined(_WIN32)
/* Post this message to this window whenever bytes, or the end, can be read; now as well, where they can. */
void dmp_child_post_to(dmp_child *child, void *window, unsigned message);

/* A thread that posts this message to this window when it is time, and calls nothing of the host. */
typedef struct dmp_waker dmp_waker;
dmp_waker *dmp_waker_start(void *window, unsigned message);
void dmp_waker_in(dmp_waker *waker, int milliseconds);
void dmp_waker_end(dmp_waker *waker);
#endif

/* Milliseconds that never go back. */
long long dmp_now(void);

void dmp_pause(int milliseconds);

/* Two threads of the host take turns: whoever has just given it waits behind whoever waits already. */
typedef struct dmp_lock dmp_lock;
dmp_lock *dmp_lock_new(void);
void dmp_lock_take(dmp_lock *lock);
void dmp_lock_give(dmp_lock *lock);
void dmp_lock_free(dmp_lock *lock);

#endif
