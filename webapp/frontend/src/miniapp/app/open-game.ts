/** The provider's game that is open for money, and whether the house has ended it. */

import { create } from "zustand";

interface OpenGame {
  session: string | null;
  /** Why the open game was ended; "" where nobody said. Null while it goes on. */
  cut: string | null;
}

export const useOpenGame = create<OpenGame>(() => ({ session: null, cut: null }));

export function gameOpened(session: string): void {
  useOpenGame.setState({ session, cut: null });
}

export function gameClosed(session: string): void {
  if (useOpenGame.getState().session === session) {
    useOpenGame.setState({ session: null, cut: null });
  }
}

/** Ends the open game if it is one of these; false where none of them is on the screen. */
export function cutGame(sessions: readonly string[], reason: string): boolean {
  const { session, cut } = useOpenGame.getState();
  if (session === null || !sessions.includes(session)) return false;
  if (cut === null) useOpenGame.setState({ cut: reason });
  return true;
}
