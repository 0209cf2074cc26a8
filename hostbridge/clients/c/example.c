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

int main(int count, char **arguments) {
    char command[4096] = "", params[256], *found;
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
            found = dmp_value(dmp_text(bridge), "data.sentence"); /* French, for the operator */
            printf("error %d %s\n", dmp_id(bridge), found);
            dmp_free(found);
            break;
        case DMP_NOTICE:
            if (!strcmp(dmp_method(bridge), "window/show")) { /* the host would draw its window, or show the panel */
                found = dmp_value(dmp_text(bridge), "item.item");
                snprintf(params, sizeof params, "{\"item\":\"%s\"}", found);
                dmp_free(found);
                dmp_ask(bridge, "feed/confirm", params);
            } else if (!strcmp(dmp_method(bridge), "feed/finished")) {
                found = dmp_value(dmp_text(bridge), "item.state");
                printf("feed/finished %s\n", found);
                dmp_free(found);
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
