#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include "child.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define PIECE 4096 /* bytes: a pipe that is nearly full takes small pieces, and nothing of a large one */

/* Windows cannot wait for a pipe: a thread of ours empties it into `bytes`. It calls nothing of the host. */
struct dmp_child {
    HANDLE process, input, output, reader, came;
    CRITICAL_SECTION lock;
    char *bytes;
    size_t size, room;
    int ended;
    HWND window;
    UINT message;
};

long long dmp_now(void) {
    return (long long)GetTickCount64();
}

void dmp_pause(int milliseconds) {
    Sleep((DWORD)milliseconds);
}

struct dmp_lock {
    CRITICAL_SECTION held, next;
};

dmp_lock *dmp_lock_new(void) {
    dmp_lock *lock = malloc(sizeof *lock);
    if (!lock) return NULL;
    InitializeCriticalSection(&lock->held);
    InitializeCriticalSection(&lock->next);
    return lock;
}

void dmp_lock_take(dmp_lock *lock) {
    EnterCriticalSection(&lock->next);
    EnterCriticalSection(&lock->held);
    LeaveCriticalSection(&lock->next);
}

void dmp_lock_give(dmp_lock *lock) {
    LeaveCriticalSection(&lock->held);
}

void dmp_lock_free(dmp_lock *lock) {
    if (!lock) return;
    DeleteCriticalSection(&lock->held);
    DeleteCriticalSection(&lock->next);
    free(lock);
}

static void arrived(dmp_child *child, const char *bytes, size_t size) {
    EnterCriticalSection(&child->lock);
    if (size && child->size + size > child->room) {
        size_t room = (child->size + size) * 2;
        char *more = realloc(child->bytes, room);
        if (more) child->bytes = more, child->room = room;
        else size = 0, child->ended = 1;
    }
    memcpy(child->bytes + child->size, bytes, size);
    child->size += size;
    if (!size) child->ended = 1;
    SetEvent(child->came);
    if (child->window) PostMessageW(child->window, child->message, 0, 0);
    LeaveCriticalSection(&child->lock);
}

static DWORD WINAPI read_all(LPVOID argument) {
    dmp_child *child = argument;
    char piece[65536];
    DWORD got;
    while (ReadFile(child->output, piece, sizeof piece, &got, NULL) && got) arrived(child, piece, got);
    arrived(child, "", 0);
    return 0;
}

/* One argument after the rules of CommandLineToArgvW: quotes, and backslashes before a quote doubled. */
static wchar_t *quoted(wchar_t *to, const wchar_t *argument) {
    size_t slashes = 0;
    *to++ = L'"';
    for (; *argument; argument++) {
        if (*argument == L'\\') {
            slashes++;
        } else {
            if (*argument == L'"') {
                for (size_t n = 0; n <= slashes; n++) *to++ = L'\\';
            }
            slashes = 0;
        }
        *to++ = *argument;
    }
    while (slashes--) *to++ = L'\\';
    *to++ = L'"';
    return to;
}

static wchar_t *command_line(char *const *arguments) {
    size_t room = 1;
    for (char *const *each = arguments; *each; each++) room += 2 * strlen(*each) + 4;
    wchar_t *line = malloc(room * sizeof *line), *one = malloc(room * sizeof *one), *to = line;
    if (line && one) {
        for (char *const *each = arguments; *each; each++) {
            MultiByteToWideChar(CP_UTF8, 0, *each, -1, one, (int)room);
            if (to != line) *to++ = L' ';
            to = quoted(to, one);
        }
        *to = 0;
    }
    free(one);
    return line;
}

dmp_child *dmp_child_start(char *const *arguments, int *error) {
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION made;
    HANDLE in_read = NULL, in_write = NULL, out_read = NULL, out_write = NULL;
    dmp_child *child = calloc(1, sizeof *child);
    wchar_t *line = command_line(arguments);
    if (!child || !line || !CreatePipe(&in_read, &in_write, &inherited, 65536)
        || !CreatePipe(&out_read, &out_write, &inherited, 65536)) {
        *error = (int)GetLastError();
        free(child), free(line);
        return NULL;
    }
    DWORD at_once = PIPE_NOWAIT; /* a bridge that does not read must not stop the host: what fits is written */
    SetNamedPipeHandleState(in_write, &at_once, NULL, NULL);
    SetHandleInformation(in_write, HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation(out_read, HANDLE_FLAG_INHERIT, 0);
    start.hStdInput = in_read, start.hStdOutput = out_write, start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    BOOL started = CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &start, &made);
    *error = started ? 0 : (int)GetLastError();
    free(line);
    CloseHandle(in_read), CloseHandle(out_write);
    if (!started) {
        CloseHandle(in_write), CloseHandle(out_read), free(child);
        return NULL;
    }
    CloseHandle(made.hThread);
    child->process = made.hProcess, child->input = in_write, child->output = out_read;
    child->came = CreateEventW(NULL, TRUE, FALSE, NULL);
    InitializeCriticalSection(&child->lock);
    child->reader = CreateThread(NULL, 0, read_all, child, 0, NULL);
    return child;
}

long dmp_child_read(dmp_child *child, char *into, size_t size, int milliseconds) {
    WaitForSingleObject(child->came, milliseconds < 0 ? 0 : (DWORD)milliseconds);
    EnterCriticalSection(&child->lock);
    size_t got = child->size < size ? child->size : size;
    long result = got ? (long)got : child->ended ? -1 : 0;
    memcpy(into, child->bytes, got);
    child->size -= got;
    memmove(child->bytes, child->bytes + got, child->size);
    if (!child->size && !child->ended) ResetEvent(child->came);
    LeaveCriticalSection(&child->lock);
    return result;
}

long dmp_child_write(dmp_child *child, const char *bytes, size_t size) {
    DWORD wrote = 0, piece = size > PIECE ? PIECE : (DWORD)size;
    return WriteFile(child->input, bytes, piece, &wrote, NULL) ? (long)wrote : -1;
}

void dmp_child_hang_up(dmp_child *child) {
    if (child->input) CloseHandle(child->input);
    child->input = NULL;
}

int dmp_child_end(dmp_child *child, int milliseconds) {
    DWORD status = 0;
    dmp_child_hang_up(child);
    int forced = WaitForSingleObject(child->process, (DWORD)milliseconds) != WAIT_OBJECT_0;
    if (forced) TerminateProcess(child->process, 1);
    WaitForSingleObject(child->process, INFINITE);
    GetExitCodeProcess(child->process, &status);
    WaitForSingleObject(child->reader, INFINITE);
    CloseHandle(child->reader), CloseHandle(child->process), CloseHandle(child->output), CloseHandle(child->came);
    DeleteCriticalSection(&child->lock);
    free(child->bytes);
    free(child);
    return forced ? -1 : (int)status;
}

void dmp_child_post_to(dmp_child *child, void *window, unsigned message) {
    EnterCriticalSection(&child->lock);
    child->window = window, child->message = message;
    if (window && (child->size || child->ended)) PostMessageW(child->window, child->message, 0, 0);
    LeaveCriticalSection(&child->lock);
}

struct dmp_waker {
    HANDLE thread, changed;
    CRITICAL_SECTION lock;
    DWORD wait;
    int over;
    HWND window;
    UINT message;
};

static DWORD WINAPI wake(LPVOID argument) {
    dmp_waker *waker = argument;
    DWORD wait = INFINITE;
    for (int over = 0; !over;) {
        DWORD what = WaitForSingleObject(waker->changed, wait);
        EnterCriticalSection(&waker->lock);
        over = waker->over;
        if (what == WAIT_TIMEOUT && !over) {
            waker->wait = INFINITE;
            PostMessageW(waker->window, waker->message, 0, 0);
        }
        wait = waker->wait;
        LeaveCriticalSection(&waker->lock);
    }
    return 0;
}

dmp_waker *dmp_waker_start(void *window, unsigned message) {
    dmp_waker *waker = calloc(1, sizeof *waker);
    if (!waker) return NULL;
    InitializeCriticalSection(&waker->lock);
    waker->wait = INFINITE;
    waker->window = window, waker->message = message;
    waker->changed = CreateEventW(NULL, FALSE, FALSE, NULL);
    waker->thread = CreateThread(NULL, 0, wake, waker, 0, NULL);
    return waker;
}

void dmp_waker_in(dmp_waker *waker, int milliseconds) {
    EnterCriticalSection(&waker->lock);
    if (waker->wait > (DWORD)milliseconds) {
        waker->wait = (DWORD)milliseconds;
        SetEvent(waker->changed);
    }
    LeaveCriticalSection(&waker->lock);
}

void dmp_waker_end(dmp_waker *waker) {
    EnterCriticalSection(&waker->lock);
    waker->over = 1;
    SetEvent(waker->changed);
    LeaveCriticalSection(&waker->lock);
    WaitForSingleObject(waker->thread, INFINITE);
    CloseHandle(waker->thread), CloseHandle(waker->changed);
    DeleteCriticalSection(&waker->lock);
    free(waker);
}
#endif
