/** A host in TypeScript: opens a patient, saves a document, confirms the feed window, waits for the DMP's answer.
 *
 *     node example.js INITIALIZE.json PATIENT.json DOCUMENT.json dmp serve --stdio --config dmp.toml
 */
import { readFileSync } from "node:fs";
import { Bridge, BridgeError } from "./bridge.js";
import type { ItemNotice, WindowShow } from "./types.js";

const [introduction, patient, document, ...command] = process.argv.slice(2);
const read = (file = "") => JSON.parse(readFileSync(file, "utf8"));

const finished = new Promise<string>((resolve) => {
  const bridge = new Bridge(command, (method, params) => {
    if (method === "window/show") {
      // the host would draw its window, or show the panel
      const { item } = params as WindowShow;
      void bridge.ask("feed/confirm", { item: item.item }).then(() => console.log("feed/confirm"));
    } else if (method === "feed/finished") {
      resolve((params as ItemNotice).item.state);
    }
  });
  globalThis.setTimeout(() => process.exit(1), 240_000).unref();
  void (async () => {
    await bridge.start(read(introduction));
    console.log("initialize");
    await bridge.ask("patient/opened", read(patient));
    console.log("patient/opened");
    await bridge.ask("document/saved", read(document));
    console.log("document/saved");
    console.log("feed/finished", await finished);
    process.exit((await bridge.close()) ?? 1);
  })().catch((error: unknown) => {
    console.log("error", error instanceof BridgeError ? error.data?.["sentence"] : error); // French, for the operator
    process.exit(1);
  });
});
