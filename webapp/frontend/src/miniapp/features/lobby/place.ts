/** How far a page was scrolled, for coming back to it. */

import { useLayoutEffect, useRef } from "react";
import { useLocation, useSearch } from "wouter";

const places = new Map<string, number>();

function depth(): number {
  return (history.state as { depth?: number } | null)?.depth ?? 0;
}

/** Returns to where the page was left for a deeper one; `ready` once there is something to see. */
export function useKeptPlace(ready: boolean): void {
  const [location] = useLocation();
  const search = useSearch();
  const key = `${depth()} ${location}?${search}`;
  const first = useRef(key);
  const restored = useRef(false);
  useLayoutEffect(() => {
    const y = places.get(first.current);
    if (!ready || restored.current || y === undefined) return;
    restored.current = true;
    // After the frame around this page has gone to its top.
    requestAnimationFrame(() => window.scrollTo(0, y));
  }, [ready]);
  useLayoutEffect(() => {
    const here = depth();
    let y = window.scrollY;
    const look = () => {
      y = window.scrollY;
    };
    window.addEventListener("scroll", look, { passive: true });
    return () => {
      window.removeEventListener("scroll", look);
      if (depth() > here) places.set(key, y);
      else places.delete(key);
    };
  }, [key]);
}
