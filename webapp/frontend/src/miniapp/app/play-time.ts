/**
 * How long somebody has been playing, kept on the device so that a reload does not begin it anew.
 *
 * The rule: play begins when a game's page is opened and goes on over all games, house and
 * provider, for money and as a demo. Time away from games counts as play while it is short; after
 * BREAK_MS without an open game (in the lobby, or with the app closed or asleep) the next game
 * begins a new play. A check is due a period after play began, and a period after each check.
 */

export const BREAK_MS = 5 * 60_000;
export const TICK_MS = 10_000;

const KEY = "croupier:play";

export interface Play {
  player: string;
  began: number;
  /** When a game was last seen open. */
  seen: number;
  /** The last check; at first, the beginning. */
  checked: number;
}

export function readPlay(): Play | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<Play> | null;
    const { player, began, seen, checked } = kept ?? {};
    const whole = [began, seen, checked].every(Number.isSafeInteger);
    return typeof player === "string" && whole ? (kept as Play) : null;
  } catch {
    return null;
  }
}

export function keepPlay(play: Play): void {
  localStorage.setItem(KEY, JSON.stringify(play));
}

/** A game is open now: the play goes on, or a new one begins. */
export function played(play: Play | null, player: string, now: number): Play {
  // A clock that was set back tells nothing.
  const ongoing = play?.player === player && now >= play.seen && now - play.seen <= BREAK_MS;
  return ongoing ? { ...play, seen: now } : { player, began: now, seen: now, checked: now };
}

export function isDue(play: Play, now: number, periodMs: number): boolean {
  return now - play.checked >= periodMs;
}

/** The check was answered: the next one is a period away. */
export function checkedAt(play: Play, now: number): Play {
  return { ...played(play, play.player, now), checked: now };
}
