/* A host in C: opens a patient, saves a document, confirms the feed window, waits for the DMP's answer.
 *
 *     example INITIALIZE.json PATIENT.json DOCUMENT.json dmp serve --stdio --config dmp.toml
 *
 * Each file holds the parameters of one call; docs/reference/bridge.md describes them. */
#include "dmp_bridge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(const char *name) {
    FILE *file = fopen(name, "rb");
    char *text = calloc(1, 1 << 20);
    if (!file || !text || !fread(text, 1, (1 << 20) - 1, file)) exit(2);
    fclose(file);
    return text;
}

/* The text that follows `"name":"` in what the bridge wrote: enough for an example, a host uses its own JSON reader. */
static void field(const char *text, const char *name, char *into, size_t size) {
    char mark[64];
    snprintf(mark, sizeof mark, "\"%s\":\"", name);
    const char *at = strstr(text, mark);
    snprintf(into, size, "%.*s", at ? (int)strcspn(at + strlen(mark), "\"") : 0, at ? at + strlen(mark) : "");
}

int main(int count, char **arguments) {
    char command[4096] = "", item[128], state[64], params[256];
    if (count < 5) return 2;
    for (int n = 4; n < count; n++) snprintf(command + strlen(command), sizeof command - strlen(command), "%s%s", n > 4 ? "\n" : "", arguments[n]);
    char *initialize = read_file(arguments[1]), *patient = read_file(arguments[2]), *document = read_file(arguments[3]);
    dmp_bridge *bridge = dmp_open(command, initialize);
    if (!bridge) return 2;
    int opened = dmp_ask(bridge, "patient/opened", patient);
    int saved = dmp_ask(bridge, "document/saved", document);
    int sent = 0;
    for (int tries = 0; !sent && tries < 2400; tries++) {
        switch (dmp_poll(bridge, 100)) { /* a host polls from its own loop, with 0 */
        case DMP_STARTED:
            puts("initialize");
            break;
        case DMP_RESULT:
            puts(dmp_id(bridge) == opened ? "patient/opened" : dmp_id(bridge) == saved ? "document/saved" : "feed/confirm");
            break;
        case DMP_ERROR:
            field(dmp_text(bridge), "sentence", state, sizeof state); /* French, for the operator */
            printf("error %d %s\n", dmp_id(bridge), state);
            break;
        case DMP_NOTICE:
            field(dmp_text(bridge), "item", item, sizeof item);
            field(dmp_text(bridge), "state", state, sizeof state);
            if (!strcmp(dmp_method(bridge), "window/show")) { /* the host would draw its window, or show the panel */
                snprintf(params, sizeof params, "{\"item\":\"%s\"}", item);
                dmp_ask(bridge, "feed/confirm", params);
            } else if (!strcmp(dmp_method(bridge), "feed/finished")) {
                printf("feed/finished %s\n", state);
                sent = 1;
            }
            break;
        case DMP_GONE:
            puts("gone");
            tries = 2400;
            break;
        default:
            break;
        }
        fflush(stdout);
    }
    int status = dmp_close(bridge, 5000);
    free(initialize), free(patient), free(document);
    return sent ? status : 1;
}
