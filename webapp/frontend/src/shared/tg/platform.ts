/** What surrounds the app. Features take this, and never the Telegram SDK. */

import type { Launch } from "./launch";

export type Impact = "light" | "medium" | "heavy";
export type Notification = "success" | "warning" | "error";

export interface Platform {
  readonly kind: "telegram" | "browser";
  readonly surface: "telegram" | "web";
  /** Absent outside Telegram. */
  readonly launch: Launch | null;
  /** The client draws a back button of its own. */
  readonly hasBackButton: boolean;
  /** Removes the client's placeholder and asks for the full height. */
  ready(): void;
  impact(style: Impact): void;
  notify(kind: Notification): void;
  /** A slider step or a tab; at most one per 60 ms is felt. */
  selection(): void;
  /** Shows the client's back button while `onBack` is set. */
  setBack(onBack: (() => void) | null): void;
  onSettings(open: () => void): void;
  /** Asks before closing while something is at stake. */
  guardClosing(on: boolean): void;
  openLink(url: string): void;
  openTelegramLink(url: string): void;
  /** Full screen for a provider game. Null where there is none. */
  readonly fullscreen: { enter(): void; leave(): void; isOn(): boolean } | null;
  /** The app came to the foreground. */
  onActivated(listener: () => void): () => void;
}

/** True once the text is in the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

// Telegram Web's outer frame does not delegate clipboard-write.
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.style.cssText = "position:fixed;opacity:0;inset:0 auto auto 0;font-size:16px";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
