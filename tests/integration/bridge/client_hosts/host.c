/* A host in C that does what the test writes to it, a line each: see clients_driven.py. */
#include "dmp_bridge.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const KINDS[] = {"nothing", "started", "result", "error", "notice", "gone"};

typedef struct {
    dmp_bridge *bridge;
    const char *method, *params;
    int count, milliseconds, right;
} work;

static void *calls(void *argument) {
    work *all = argument;
    for (int n = 0; n < all->count; n++) {
        char *text;
        all->right += dmp_call(all->bridge, all->method, all->params, all->milliseconds, &text) == DMP_RESULT;
        dmp_free(text);
    }
    return NULL;
}

static int both(work one) {
    work other = one;
    pthread_t thread;
    pthread_create(&thread, NULL, calls, &other);
    calls(&one);
    pthread_join(thread, NULL);
    return one.right + other.right;
}

int main(int count, char **arguments) {
    char command[4096] = "", *line = NULL, *text;
    size_t room = 0;
    for (int n = 1; n < count; n++) snprintf(command + strlen(command), sizeof command - strlen(command), "%s%s", n > 1 ? "\n" : "", arguments[n]);
    if (getline(&line, &room, stdin) < 0) return 2;
    dmp_bridge *bridge = dmp_open(command, line);
    while (getline(&line, &room, stdin) > 0) {
        char *rest = line, *word[5] = {"", "", "", "", ""};
        for (int n = 0; n < 5 && rest; n++) word[n] = strsep(&rest, "\t\n");
        if (!strcmp(word[0], "call")) {
            enum dmp_kind kind = dmp_call(bridge, word[1], word[2], atoi(word[3]), &text);
            printf("%s\t%s\t%s\n", KINDS[kind], word[1], text);
            dmp_free(text);
        } else if (!strcmp(word[0], "poll")) {
            enum dmp_kind kind = dmp_poll(bridge, atoi(word[1]));
            printf("%s\t%s\t%s\n", KINDS[kind], kind == DMP_NOTICE ? dmp_method(bridge) : "", kind ? dmp_text(bridge) : "{}");
        } else if (!strcmp(word[0], "both")) {
            printf("both\t\t%d\n", both((work){bridge, word[1], word[2], atoi(word[3]), atoi(word[4]), 0}));
        } else if (!strcmp(word[0], "close")) {
            printf("closed\t\t%d\n", dmp_close(bridge, atoi(word[1])));
            free(line);
            return 0;
        }
        fflush(stdout);
    }
    return 2;
}
