/** The bridge of the DMP as a child process, for hosts in Node or Electron. Nothing but Node is needed.
 *
 * Everything happens on the event loop of the host. A bridge that dies is started again after 0.1, 0.5, 2 and 5 seconds
 * and hears again who works and which patients are open; a `document/saved` or `host/event` that was not answered is
 * sent again as it was, and the bridge keeps it once. Any other request that was open is rejected with BridgeError. A
 * bridge that never worked (it does not start, or ends at once) or that refuses `initialize` is not started again by
 * itself, and what was asked is rejected with the reason. What is asked later starts it anew.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Initialize, Initialized, Methods } from "./types.js";

export const PROTOCOL = "1.0";
const BACK_OFF = [100, 500, 2000, 5000];
const LARGEST = 32_000_000; // bytes
const PATIENCE = 30_000; // milliseconds that a host waits for an answer, unless it says otherwise
const REPEATABLE: ReadonlySet<string> = new Set(["document/saved", "host/event"]);

/** The bridge answered with an error, or not at all. `data.sentence` and `data.remedy` are French, for the operator;
 * `data.code` DMP-LINK-001: no bridge; DMP-LINK-002: no answer in time. */
export class BridgeError extends Error {
  constructor(readonly code: number, message: string, readonly data?: { [name: string]: unknown }) {
    super(message);
  }
}

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: BridgeError) => void;
  /** Nobody waits for its answer. */
  readonly ours: boolean;
}

type Introduction = Omit<Initialize, "protocol_version">;
type Listener = (method: string, params: unknown) => void;

export class Bridge {
  private child: ChildProcess | undefined;
  private introduction: Initialize | undefined;
  private ready = false;
  private over = true;
  private closed = false;
  /** It answered `initialize` since the host started it, or asked it anew. */
  private ran = false;
  private why = noBridge("start comes first");
  private starts = 0;
  private lastId = 0;
  private input: Buffer = Buffer.alloc(0);
  private readonly sent = new Map<number, Request>();
  private waiting: Request[] = [];
  private operator: unknown;
  private readonly patients = new Map<string, unknown>();
  private timer: NodeJS.Timeout | undefined;
  private started: { resolve: (result: Initialized) => void; reject: (error: BridgeError) => void } | undefined;

  /** `command`: the program, then its arguments. `onNotice` hears what the bridge says by itself. */
  constructor(
    private readonly command: readonly string[],
    private readonly onNotice: Listener = () => undefined,
  ) {}

  /** Start the bridge and introduce the host; the protocol's version is added. Later than that it still starts. */
  start(introduction: Introduction, milliseconds = PATIENCE): Promise<Initialized> {
    this.introduction = { protocol_version: PROTOCOL, ...introduction };
    this.over = false;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(late("initialize")), milliseconds);
      const settle = <T>(then: (value: T) => void) => (value: T) => (clearTimeout(timer), then(value));
      this.started = { resolve: settle(resolve), reject: settle(reject) };
      this.run();
    });
  }

  /** The result of one request, within so many milliseconds. Rejects with BridgeError. */
  ask<M extends keyof Methods>(
    method: M,
    params: Methods[M]["params"],
    milliseconds = PATIENCE,
  ): Promise<Methods[M]["result"]> {
    if (this.over && !this.closed && this.introduction !== undefined) this.revive();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(asked, reject), milliseconds);
      const settle = <T>(then: (value: T) => void) => (value: T) => (clearTimeout(timer), then(value));
      const asked = this.request(method, params, settle(resolve as (result: unknown) => void), settle(reject));
    });
  }

  /** Say goodbye. The exit status of the bridge, null where it had to be ended. */
  async close(milliseconds = 5000): Promise<number | null> {
    const child = this.child;
    clearTimeout(this.timer);
    this.closed = true; // it is not started again now
    if (child === undefined || child.exitCode !== null) {
      this.finish(noBridge("this client was closed"));
      return child?.exitCode ?? null;
    }
    const left = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const force = setTimeout(() => child.kill("SIGKILL"), milliseconds);
    if (this.ready) {
      await this.ask("shutdown", {}, milliseconds).catch(() => undefined);
      this.write({ method: "exit", params: {} });
    }
    child.stdin?.end();
    const status = await left;
    clearTimeout(force);
    return status;
  }

  private request(
    method: string,
    params: unknown,
    resolve: Request["resolve"] = () => undefined,
    reject: Request["reject"] = () => undefined,
    ours = false,
  ): Request {
    const asked: Request = { id: ++this.lastId, method, params, resolve, reject, ours };
    if (this.ready || method === "initialize") this.send(asked);
    else if (this.over) reject(this.why);
    else this.waiting.push(asked);
    return asked;
  }

  /** Nobody waits for it any more: what the bridge still answers is dropped. */
  private giveUp(asked: Request, reject: Request["reject"]): void {
    if (this.sent.has(asked.id)) {
      const nobody = () => undefined;
      this.sent.set(asked.id, { ...asked, resolve: nobody, reject: nobody, ours: true });
      this.write({ method: "$/cancelRequest", params: { id: asked.id } });
    }
    this.waiting = this.waiting.filter((one) => one !== asked);
    reject(late(asked.method));
  }

  /** The host asks one that was given up: somebody may have mended it. */
  private revive(): void {
    this.over = this.ran = false;
    this.starts = 0;
    this.run();
  }

  private run(): void {
    this.child?.kill("SIGKILL"); // it refused this host, and is asked anew
    const [program = "", ...rest] = this.command;
    const child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"], windowsHide: true });
    this.child = child;
    this.input = Buffer.alloc(0);
    child.stdin?.on("error", () => undefined); // the end is told by "close"
    child.stdout?.on("data", (piece: Buffer) => this.came(child, piece));
    child.on("error", (error) => this.fall(child, `it cannot be started, ${error.message}`));
    child.on("close", (status) => this.fall(child, status === null ? "it was ended by force" : `exit status ${status}`));
    const refused = (error: BridgeError) => {
      child.stdin?.end();
      this.finish(error);
    };
    this.request("initialize", this.introduction, (result) => this.introduce(result as Initialized), refused, true);
  }

  /** A bridge that has just started hears what an earlier one knew; then what waits is asked. */
  private introduce(result: Initialized): void {
    this.ready = this.ran = true;
    this.write({ method: "initialized", params: {} });
    const again = (method: string, params: unknown) => this.request(method, params, undefined, undefined, true);
    if (this.operator !== undefined) again("operator/changed", this.operator);
    for (const opened of this.patients.values()) again("patient/opened", opened);
    const waiting = this.waiting;
    this.waiting = [];
    waiting.forEach((asked) => this.send(asked));
    this.started?.resolve(result);
  }

  /** No more will come by itself: what waits ends. */
  private finish(error: BridgeError): void {
    this.over = true;
    this.why = error;
    this.waiting.splice(0).forEach((asked) => asked.reject(error));
    this.started?.reject(error);
  }

  /** It ended, or does not start. One that never worked is not tried again by itself: its command is wrong. */
  private fall(child: ChildProcess, how: string): void {
    if (child !== this.child) return;
    this.child = undefined;
    this.ready = false;
    if (this.over) return;
    const last = this.closed || !this.ran || this.starts >= BACK_OFF.length;
    const open = [...this.sent.values()].filter((asked) => !asked.ours);
    this.sent.clear();
    const again = open.filter((asked) => !last && REPEATABLE.has(asked.method));
    open.filter((asked) => !again.includes(asked)).forEach((asked) => asked.reject(gone(how)));
    this.waiting = [...again, ...this.waiting];
    if (last) this.finish(gone(how));
    else this.timer = setTimeout(() => this.run(), BACK_OFF[this.starts++]);
  }

  private send(asked: Request): void {
    this.sent.set(asked.id, asked);
    this.write({ id: asked.id, method: asked.method, params: asked.params });
  }

  private write(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.child?.stdin?.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  private came(child: ChildProcess, piece: Buffer): void {
    this.input = Buffer.concat([this.input, piece]);
    for (let end = this.input.indexOf("\r\n\r\n"); end >= 0; end = this.input.indexOf("\r\n\r\n")) {
      const length = /^content-length:\s*(\d+)/im.exec(this.input.toString("latin1", 0, end))?.[1];
      if (length === undefined) return void child.kill("SIGKILL"); // what cannot be read any more is of no use
      const from = end + 4;
      const to = from + Number(length);
      if (this.input.length < to) return;
      const body = this.input.toString("utf8", from, to);
      this.input = this.input.subarray(to);
      const message = parsed(body);
      if (message === undefined) return void child.kill("SIGKILL");
      this.heard(message);
    }
    if (this.input.length > LARGEST) child.kill("SIGKILL"); // no bridge says so much at once
  }

  private heard(message: Message): void {
    if (message.method !== undefined) return this.onNotice(message.method, message.params);
    const asked = this.sent.get(message.id ?? 0);
    if (asked === undefined) return;
    this.sent.delete(asked.id);
    if (message.error !== undefined) {
      const { code, message: text, data } = message.error;
      return asked.reject(new BridgeError(code, text, data));
    }
    if (!asked.ours) this.remember(asked);
    asked.resolve(message.result);
  }

  private remember(done: Request): void {
    this.starts = 0;
    const params = done.params as { patient?: { host_id: string }; host_id?: string };
    if (done.method === "operator/changed") this.operator = params;
    else if (done.method === "patient/opened" || done.method === "patient/updated") {
      this.patients.set(params.patient?.host_id ?? "", params);
    } else if (done.method === "patient/closed") this.patients.delete(params.host_id ?? "");
  }
}

interface ErrorObject {
  code: number;
  message: string;
  data?: { [name: string]: unknown };
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: ErrorObject;
}

function parsed(body: string): Message | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The errors that the bridge cannot give itself, with the fields of all errors. */
function gone(how: string): BridgeError {
  return noBridge(`${how}; its standard error says why: start the same command in a terminal`);
}

function noBridge(detail: string): BridgeError {
  const remedy =
    "Recommencez\u00a0; si cela se répète, redémarrez le logiciel et transmettez ce code à l’éditeur du LGO.";
  return fault("DMP-LINK-001", "Le pont vers le DMP est arrêté.", remedy, detail);
}

function late(method: string): BridgeError {
  const sentence = "Le pont vers le DMP n’a pas répondu à temps.";
  return fault("DMP-LINK-002", sentence, "Recommencez dans un instant.", `${method}: no answer in the time given`);
}

function fault(code: string, sentence: string, remedy: string, detail: string): BridgeError {
  return new BridgeError(0, sentence, { code, sentence, remedy, mender: "l’éditeur du LGO", detail, origin: null });
}
