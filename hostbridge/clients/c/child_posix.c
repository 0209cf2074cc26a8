#if !defined(_WIN32)
#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct dmp_child {
    pid_t pid;
    int input, output; /* the child's, from our side */
};

long long dmp_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void dmp_pause(int milliseconds) {
    poll(NULL, 0, milliseconds);
}

static void close_both(const int pipe[2]) {
    close(pipe[0]);
    close(pipe[1]);
}

struct dmp_lock {
    pthread_mutex_t held, next;
};

dmp_lock *dmp_lock_new(void) {
    dmp_lock *lock = malloc(sizeof *lock);
    if (!lock) return NULL;
    pthread_mutex_init(&lock->held, NULL);
    pthread_mutex_init(&lock->next, NULL);
    return lock;
}

void dmp_lock_take(dmp_lock *lock) {
    pthread_mutex_lock(&lock->next);
    pthread_mutex_lock(&lock->held);
    pthread_mutex_unlock(&lock->next);
}

void dmp_lock_give(dmp_lock *lock) {
    pthread_mutex_unlock(&lock->held);
}

void dmp_lock_free(dmp_lock *lock) {
    if (!lock) return;
    pthread_mutex_destroy(&lock->held);
    pthread_mutex_destroy(&lock->next);
    free(lock);
}

/* A host without standard streams has 0, 1 and 2 free: what it prints by mistake must not reach the bridge. */
static void above_standard(int *descriptor) {
    int low = *descriptor, high = low > 2 ? low : fcntl(low, F_DUPFD_CLOEXEC, 3);
    if (high < 0 || high == low) return;
    close(low);
    *descriptor = high;
}

/* The file descriptors are closed in any other child of the host: a forgotten copy would hide the end of a pipe. */
static int two_pipes(int in[2], int out[2]) {
    if (pipe2(in, O_CLOEXEC)) return -1;
    if (pipe2(out, O_CLOEXEC)) {
        close_both(in);
        return -1;
    }
    for (int n = 0; n < 2; n++) above_standard(&in[n]), above_standard(&out[n]);
    return 0;
}

dmp_child *dmp_child_start(char *const *arguments, int *error) {
    int in[2], out[2];
    dmp_child *child = malloc(sizeof *child);
    *error = ENOMEM;
    if (!child) return NULL;
    if (two_pipes(in, out)) {
        *error = errno;
        free(child);
        return NULL;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    int failed = posix_spawnp(&child->pid, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    child->input = in[1];
    child->output = out[0];
    if (failed) {
        *error = failed;
        close(in[1]);
        close(out[0]);
        free(child);
        return NULL;
    }
    fcntl(child->input, F_SETFL, O_NONBLOCK);
    fcntl(child->output, F_SETFL, O_NONBLOCK);
    return child;
}

long dmp_child_read(dmp_child *child, char *into, size_t size, int milliseconds) {
    struct pollfd wait = {child->output, POLLIN, 0};
    int ready = poll(&wait, 1, milliseconds < 0 ? 0 : milliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) return 0;
    ssize_t got = read(child->output, into, size);
    if (got > 0) return got;
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

long dmp_child_write(dmp_child *child, const char *bytes, size_t size) {
    /* A write to a child that is gone must not end the host: SIGPIPE is held back for this thread. */
    sigset_t pipe_signal, before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t wrote = write(child->input, bytes, size);
    int error = errno;
    if (wrote < 0 && error == EPIPE) {
        struct timespec no_wait = {0, 0};
        sigtimedwait(&pipe_signal, NULL, &no_wait);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (wrote >= 0) return wrote;
    return error == EAGAIN || error == EINTR ? 0 : -1;
}

void dmp_child_hang_up(dmp_child *child) {
    if (child->input >= 0) close(child->input);
    child->input = -1;
}

int dmp_child_end(dmp_child *child, int milliseconds) {
    int status = 0, forced = 0;
    long long until = dmp_now() + milliseconds;
    dmp_child_hang_up(child);
    while (waitpid(child->pid, &status, WNOHANG) == 0) {
        if (dmp_now() >= until) {
            kill(child->pid, SIGKILL);
            waitpid(child->pid, &status, 0);
            forced = 1;
            break;
        }
        poll(NULL, 0, 10);
    }
    close(child->output);
    free(child);
    return !forced && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#endif
