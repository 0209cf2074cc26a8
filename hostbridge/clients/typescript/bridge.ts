/** The bridge of the DMP as a child process, for hosts in Node or Electron. Nothing but Node is needed.
 *
 * Everything happens on the event loop of the host. A bridge that dies is started again after 0.1, 0.5, 2 and 5 seconds
 * and hears again who works and which patients are open; a `document/saved` or `host/event` that was not answered is
 * sent again as it was, and the bridge keeps it once. Any other request that was open is rejected with BridgeError. A
 * bridge that refuses `initialize` is not started again, and what was asked is rejected.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Initialize, Initialized, Methods } from "./types.js";

export const PROTOCOL = "1.0";
const BACK_OFF = [100, 500, 2000, 5000];
const LARGEST = 32_000_000; // bytes
const REPEATABLE: ReadonlySet<string> = new Set(["document/saved", "host/event"]);

/** The bridge answered with an error, or ended. `data.sentence` and `data.remedy` are French, for the operator. */
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
  readonly reject: (error: Error) => void;
  /** Asked by this client when it introduces the host again. */
  readonly ours: boolean;
}

type Introduction = Omit<Initialize, "protocol_version">;
type Listener = (method: string, params: unknown) => void;

export class Bridge {
  private child: ChildProcess | undefined;
  private introduction: Initialize | undefined;
  private ready = false;
  private over = false;
  private why = "it refused to start";
  private starts = 0;
  private lastId = 0;
  private input: Buffer = Buffer.alloc(0);
  private readonly sent = new Map<number, Request>();
  private waiting: Request[] = [];
  private operator: unknown;
  private readonly patients = new Map<string, unknown>();
  private timer: NodeJS.Timeout | undefined;
  private started: { resolve: (result: Initialized) => void; reject: (error: Error) => void } | undefined;

  /** `command`: the program, then its arguments. `onNotice` hears what the bridge says by itself. */
  constructor(
    private readonly command: readonly string[],
    private readonly onNotice: Listener = () => undefined,
  ) {}

  /** Start the bridge and introduce the host; the protocol's version is added. */
  start(introduction: Introduction): Promise<Initialized> {
    this.introduction = { protocol_version: PROTOCOL, ...introduction };
    return new Promise((resolve, reject) => {
      this.started = { resolve, reject };
      this.run();
    });
  }

  /** The result of one request. Rejects with BridgeError. */
  ask<M extends keyof Methods>(method: M, params: Methods[M]["params"]): Promise<Methods[M]["result"]> {
    return this.request(method, params, false) as Promise<Methods[M]["result"]>;
  }

  /** Say goodbye. The exit status of the bridge, null where it had to be ended. */
  async close(milliseconds = 5000): Promise<number | null> {
    const child = this.child;
    clearTimeout(this.timer);
    this.starts = BACK_OFF.length;
    if (child === undefined || child.exitCode !== null) {
      this.over = true;
      this.why = "this client was closed";
      this.waiting.splice(0).forEach((asked) => asked.reject(gone(this.why)));
      return child?.exitCode ?? null;
    }
    const left = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const force = setTimeout(() => child.kill("SIGKILL"), milliseconds);
    if (this.ready) {
      await this.request("shutdown", {}, false).catch(() => undefined);
      this.write({ method: "exit", params: {} });
    }
    child.stdin?.end();
    const status = await left;
    clearTimeout(force);
    return status;
  }

  private request(method: string, params: unknown, ours: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.over) return reject(gone(this.why));
      const asked: Request = { id: ++this.lastId, method, params, resolve, reject, ours };
      if (this.ready || method === "initialize") this.send(asked);
      else this.waiting.push(asked);
    });
  }

  private run(): void {
    const [program = "", ...rest] = this.command;
    const child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"], windowsHide: true });
    this.child = child;
    this.input = Buffer.alloc(0);
    child.stdin?.on("error", () => undefined); // the end is told by "close"
    child.stdout?.on("data", (piece: Buffer) => this.came(child, piece));
    child.on("error", () => this.fall(child));
    child.on("close", () => this.fall(child));
    this.request("initialize", this.introduction, true).then(
      (result) => this.introduce(result as Initialized),
      (error: Error) => this.refused(child, error),
    );
  }

  /** A bridge that has just started hears what an earlier one knew; then what waits is asked. */
  private introduce(result: Initialized): void {
    this.ready = true;
    this.write({ method: "initialized", params: {} });
    const again = (method: string, params: unknown) => this.request(method, params, true).catch(() => undefined);
    if (this.operator !== undefined) void again("operator/changed", this.operator);
    for (const opened of this.patients.values()) void again("patient/opened", opened);
    const waiting = this.waiting;
    this.waiting = [];
    waiting.forEach((asked) => this.send(asked));
    this.started?.resolve(result);
  }

  /** No more will come: what waits ends. */
  private refused(child: ChildProcess, error: Error): void {
    if (child !== this.child) return; // it ended, and is started again
    this.over = true;
    this.waiting.splice(0).forEach((asked) => asked.reject(error));
    this.started?.reject(error);
  }

  private fall(child: ChildProcess): void {
    if (child !== this.child) return;
    this.why = child.exitCode === null ? "it cannot be started, or was ended by force" : `exit status ${child.exitCode}`;
    this.child = undefined;
    this.ready = false;
    this.over = this.starts >= BACK_OFF.length;
    const open = [...this.sent.values()];
    this.sent.clear();
    const again = open.filter((asked) => !this.over && REPEATABLE.has(asked.method));
    open.filter((asked) => !again.includes(asked) && asked.method !== "initialize").forEach((asked) => asked.reject(gone(this.why)));
    this.waiting = [...again, ...this.waiting];
    if (this.over) {
      this.waiting.splice(0).forEach((asked) => asked.reject(gone(this.why)));
      this.started?.reject(gone(this.why));
      return;
    }
    this.timer = setTimeout(() => this.run(), BACK_OFF[this.starts++]);
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

/** The error that the bridge cannot give itself, with the fields of all errors. */
function gone(why: string): BridgeError {
  const sentence = "Le pont vers le DMP est arrêté.";
  const remedy =
    "Recommencez\u00a0; si cela se répète, redémarrez le logiciel et transmettez ce code à l’éditeur du LGO.";
  const detail = `the bridge ended before it answered (${why}); its standard error says why`;
  const data = { code: "DMP-LINK-001", sentence, remedy, mender: "l’éditeur du LGO", detail, origin: null };
  return new BridgeError(0, sentence, data);
}
