/** What is about to be seen. */

import { type RefObject, useEffect, useRef, useState } from "react";

function watch(element: Element, margin: string, onNear: () => void): () => void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) onNear();
    },
    { rootMargin: margin },
  );
  observer.observe(element);
  return () => observer.disconnect();
}

/** Whether an element has come near the window yet. */
export function useNear<T extends Element>(): [RefObject<T | null>, boolean] {
  const ref = useRef<T>(null);
  const [near, setNear] = useState(!("IntersectionObserver" in window));
  useEffect(() => {
    if (ref.current && !near) return watch(ref.current, "400px 0px", () => setNear(true));
  }, [near]);
  return [ref, near];
}

/** Runs when an element comes near the window, and again after each change of `round`. */
export function useWhenNear<T extends Element>(
  run: () => void,
  round: unknown,
): RefObject<T | null> {
  const ref = useRef<T>(null);
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round looks again, even if nothing moved
  useEffect(() => {
    if (ref.current && "IntersectionObserver" in window)
      return watch(ref.current, "800px 0px", () => latest.current());
  }, [round]);
  return ref;
}
