/** The one WebSocket: token in the first frame, heartbeat, reconnect with growing, jittered waits. */

import type { components } from "./schema";

export type LiveMessage = components["schemas"]["LiveMessage"];

export type LiveStatus = "connecting" | "open" | "waiting" | "closed";

export interface Socket {
  readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveOptions {
  url: string;
  token: () => string | null;
  /** Replaces a refused token. False: the player is signed out. */
  renew: (used: string | null) => Promise<boolean>;
  onMessage: (message: LiveMessage) => void;
  onStatus: (status: LiveStatus) => void;
  connect?: (url: string) => Socket;
  random?: () => number;
}

const BAD_TOKEN = 4401;
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 15_000;
// The server pings every 20 s: a longer silence means that the line is dead.
const SILENCE_MAX_MS = 45_000;

/** Full jitter above the minimum, so that a restarted server is not met by everybody at once. */
export function waitMs(attempt: number, random: number): number {
  const ceiling = Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** Math.min(attempt, 10));
  return WAIT_MIN_MS + (ceiling - WAIT_MIN_MS) * random;
}

export class LiveConnection {
  readonly #options: Required<LiveOptions>;
  #socket: Socket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #renewing = false;
  #stopped = true;
  #heardAt = 0;

  constructor(options: LiveOptions) {
    this.#options = {
      connect: (url) => new WebSocket(url) as unknown as Socket,
      random: Math.random,
      ...options,
    };
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#attempt = 0;
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#drop();
    this.#options.onStatus("closed");
  }

  /** The network or the app came back: do not sit out the rest of a wait, nor trust a stale line. */
  wake(): void {
    if (this.#stopped || this.#renewing) return;
    const stale = performance.now() - this.#heardAt > SILENCE_MAX_MS / 2;
    if (this.#socket && !stale) return;
    this.#attempt = 0;
    this.#open();
  }

  #open(): void {
    this.#drop();
    this.#options.onStatus("connecting");
    this.#heardAt = performance.now();
    const token = this.#options.token();
    const socket = this.#options.connect(this.#options.url);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ t: "auth", token }));
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      this.#drop();
      if (code === BAD_TOKEN) void this.#replaceToken(token);
      else this.#wait();
    };
    this.#listen();
  }

  #hear(data: unknown): void {
    this.#heardAt = performance.now();
    this.#listen();
    const message = parse(data);
    if (!message) return;
    if (message.t === "ping") {
      this.#socket?.send(JSON.stringify({ t: "pong" }));
      return;
    }
    if (message.t === "ready") {
      this.#attempt = 0;
      this.#options.onStatus("open");
    }
    this.#options.onMessage(message);
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#drop();
      this.#wait();
    }, SILENCE_MAX_MS);
  }

  async #replaceToken(used: string | null): Promise<void> {
    this.#renewing = true;
    const renewed = await this.#options.renew(used).catch(() => null);
    this.#renewing = false;
    if (this.#stopped) return;
    if (renewed === false) this.stop();
    else this.#wait();
  }

  #wait(): void {
    if (this.#stopped) return;
    this.#options.onStatus("waiting");
    const pause = waitMs(this.#attempt, this.#options.random());
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#open(), pause);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}

function parse(data: unknown): LiveMessage | null {
  if (typeof data !== "string") return null;
  try {
    const message = JSON.parse(data) as { t?: unknown } | null;
    return typeof message?.t === "string" ? (message as LiveMessage) : null;
  } catch {
    return null;
  }
}
