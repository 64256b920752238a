/** Which providers' games cannot be opened at present: the live line says it, else it is asked. */

import { api, call } from "@shared/api/client";
import { useEffect } from "react";
import { create } from "zustand";

const ASK_EVERY_MS = 20_000;

interface Providers {
  unavailable: ReadonlySet<string>;
  /** Somebody has said how they are. */
  heard: boolean;
}

export const useProviders = create<Providers>(() => ({ unavailable: new Set(), heard: false }));

export function takeUnavailable(providers: readonly string[]): void {
  useProviders.setState({ unavailable: new Set(providers), heard: true });
}

export function useUnavailable(provider: string): boolean {
  return useProviders(({ unavailable }) => unavailable.has(provider));
}

/** Asks now and then while the live line is down; at once only where nothing is known yet. */
export function useAskedProviders(lineOpen: boolean): void {
  useEffect(() => {
    if (lineOpen) return;
    let over = false;
    const ask = () => {
      if (document.hidden) return;
      call(api.GET("/api/v1/providers")).then(
        ({ unavailable }) => {
          // What the line has said meanwhile is newer.
          if (!over) takeUnavailable(unavailable);
        },
        () => {}, // it is asked again
      );
    };
    if (!useProviders.getState().heard) ask();
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [lineOpen]);
}
