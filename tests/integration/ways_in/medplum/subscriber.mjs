// A subscriber of FHIRcast by @medplum/core: told the hub in its first line, then commands; it prints what it hears.
import { createInterface } from "node:readline";
import { MedplumClient } from "@medplum/core";
import WebSocket from "ws";

globalThis.WebSocket = WebSocket;
const say = (told) => process.stdout.write(`${JSON.stringify(told)}\n`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => JSON.parse((await lines.next()).value ?? '{"do": "leave"}');

const hub = await next();
const client = new MedplumClient({ baseUrl: hub.base, fhircastHubUrl: hub.url, accessToken: hub.token, fetch });
const subscription = await client.fhircastSubscribe(hub.topic, ["Patient-open", "Patient-close", "syncerror"]);
const connection = client.fhircastConnect(subscription);
connection.addEventListener("connect", () => say({ connected: true }));
connection.addEventListener("disconnect", () => say({ disconnected: true }));
connection.addEventListener("message", (message) => say({ heard: message.payload }));

for (;;) {
  const wanted = await next();
  if (wanted.do === "publish") {
    await client.fhircastPublish(hub.topic, wanted.event, wanted.context);
    say({ published: wanted.event });
  } else if (wanted.do === "context") {
    say({ context: await client.fhircastGetContext(hub.topic) });
  } else if (wanted.do === "unsubscribe") {
    await client.fhircastUnsubscribe(subscription);
    say({ unsubscribed: true });
  } else {
    connection.disconnect();
    process.exit(0);
  }
}
