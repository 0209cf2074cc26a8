/** A host in TypeScript that does what the test writes to it, a line each: see clients_driven.py. */
import { createInterface } from "node:readline";
import { Bridge, BridgeError } from "./bridge.js";
import type { Methods } from "./types.js";

const notices: string[] = [];
let arrived = (): void => undefined;
const bridge = new Bridge(process.argv.slice(2), (method, params) => {
  notices.push(`notice\t${method}\t${JSON.stringify(params)}`);
  arrived();
});
let started: Promise<unknown> | undefined;

/** One notice, waited for at most so many milliseconds. */
async function poll(milliseconds: number): Promise<string> {
  if (notices.length === 0) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      arrived = () => (clearTimeout(timer), resolve());
    });
  }
  return notices.shift() ?? "nothing\t\t{}";
}

const call = (method: string, params: string, milliseconds: string): Promise<unknown> =>
  bridge.ask(method as keyof Methods, JSON.parse(params), Number(milliseconds));

async function told(method: string, params: string, milliseconds: string): Promise<string> {
  try {
    const before = started;
    started = undefined;
    await before;
    return `result\t${method}\t${JSON.stringify(await call(method, params, milliseconds))}`;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const { code, message, data } = error;
    return `error\t${method}\t${JSON.stringify({ code, message, data })}`;
  }
}

async function both(method: string, params: string, count: number, milliseconds: string): Promise<number> {
  const calls = async (): Promise<void> => {
    for (let n = 0; n < count; n++) await call(method, params, milliseconds);
  };
  await Promise.all([calls(), calls()]);
  return 2 * count;
}

let introduced = false;
for await (const line of createInterface({ input: process.stdin })) {
  const [verb, one = "", two = "", three = "", four = ""] = line.split("\t");
  if (!introduced) {
    introduced = true;
    started = bridge.start(JSON.parse(line));
    started.catch(() => undefined); // the first call tells
  } else if (verb === "call") console.log(await told(one, two, three));
  else if (verb === "poll") console.log(await poll(Number(one)));
  else if (verb === "both") console.log(`both\t\t${await both(one, two, Number(three), four)}`);
  else if (verb === "close") {
    console.log(`closed\t\t${(await bridge.close(Number(one))) ?? -1}`);
    process.exit(0);
  }
}
process.exit(2);
