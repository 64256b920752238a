/** Which sheets are open. The top one is shown; closing it shows the one below. */

import type { Entry, Round } from "@shared/api/types";
import { create } from "zustand";

export type Sheet =
  | { name: "wallet"; tab?: "deposit" | "history" }
  | { name: "currency" }
  | { name: "seeds" }
  | { name: "round"; round: Round }
  | { name: "entry"; entry: Entry }
  | { name: "rules" };

interface Sheets {
  stack: readonly Sheet[];
}

export const useSheets = create<Sheets>(() => ({ stack: [] }));

export function openSheet(sheet: Sheet): void {
  useSheets.setState(({ stack }) => ({ stack: [...stack, sheet] }));
}

export function closeSheet(): void {
  useSheets.setState(({ stack }) => ({ stack: stack.slice(0, -1) }));
}

export function closeAllSheets(): void {
  useSheets.setState({ stack: [] });
}
