/** Moving between pages, with a depth that tells whether "back" stays inside the app. */

import { type AnchorHTMLAttributes, useCallback, useEffect } from "react";
import { useLocation, Link as WouterLink } from "wouter";
import { usePlatform } from "./platform";
import { closeSheet, useSheets } from "./sheets-store";

interface Step {
  depth: number;
  /** The page that led here. */
  from: string;
  /** The page that led to that one. */
  before: string;
}

function step(): Partial<Step> {
  return (history.state as Partial<Step> | null) ?? {};
}

function depth(): number {
  return step().depth ?? 0;
}

// A frame's own navigations lie on top of ours in the browser's history.
function holdsFrame(location: string): boolean {
  return location.startsWith("/play/");
}

export function useGo(): (path: string, replace?: boolean) => void {
  const [location, navigate] = useLocation();
  return useCallback(
    (path, replace = false) => {
      const here = step();
      const further: Partial<Step> = { depth: depth() + 1, from: location };
      if (here.from !== undefined) further.before = here.from;
      navigate(path, { replace, state: replace ? here : further });
    },
    [location, navigate],
  );
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
  /** A place of the bottom bar: going there does not deepen the way back. */
  root?: boolean;
}

export function Link({ to, root = false, onClick, ...rest }: LinkProps) {
  const platform = usePlatform();
  const [location] = useLocation();
  return (
    <WouterLink
      {...rest}
      href={to}
      onClick={(event) => {
        platform.impact("light");
        onClick?.(event);
      }}
      state={root && to === "/" ? { depth: 0 } : { depth: depth() + 1, from: location }}
    />
  );
}

/** Close the top sheet, else go back, else (after a deep link) go to the lobby. */
export function useBack(): () => void {
  const [location, navigate] = useLocation();
  return useCallback(() => {
    const { from = "/", before = "/" } = step();
    if (useSheets.getState().stack.length > 0) closeSheet();
    else if (depth() > 0 && !holdsFrame(location)) history.back();
    // What lies below may be the frame's: from there on the way back is ours to know.
    else navigate(from, { replace: true, state: { depth: 0, from: before } });
  }, [location, navigate]);
}

/** Away from a game, whatever led to it. */
export function useToLobby(): () => void {
  const [, navigate] = useLocation();
  return useCallback(() => navigate("/", { replace: true, state: { depth: 0 } }), [navigate]);
}

/** Keeps the client's back button in step with where we are. */
export function useBackButton(): void {
  const platform = usePlatform();
  const back = useBack();
  const [location] = useLocation();
  const covered = useSheets((state) => state.stack.length > 0);
  const needed = covered || location !== "/";
  useEffect(() => {
    platform.setBack(needed ? back : null);
  }, [platform, needed, back]);
}

/** A new page starts at its top; going back is left to the browser. */
export function useScrollToTop(): void {
  const [location] = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of location is the reason to run
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [location]);
}
