/** What a frame may tell the shell. Everything unknown, or from elsewhere, is ignored. */

export interface ExitMessage {
  to: "wallet" | null;
}

interface Received {
  origin: string;
  data: unknown;
}

/** Our own exit page, inside the frame of this session. */
export function exitOf(event: Received, ownOrigin: string, session: string): ExitMessage | null {
  if (event.origin !== ownOrigin) return null;
  const data = event.data as { type?: unknown; session?: unknown; to?: unknown } | null;
  if (data === null || typeof data !== "object" || data.type !== "provider-exit") return null;
  const named = typeof data.session === "string" && data.session !== "";
  if (named && data.session !== session) return null;
  return { to: data.to === "wallet" ? "wallet" : null };
}

/** Only web addresses are framed: never `javascript:` or `data:`. */
export function framable(url: string, base: string): boolean {
  try {
    const { protocol } = new URL(url, base);
    return protocol === "https:" || protocol === "http:";
  } catch {
    return false;
  }
}
