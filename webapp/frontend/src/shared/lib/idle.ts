const PAUSE_MS = 1_200;
const IDLE_WAIT_MAX_MS = 4_000;

/**
 * Runs work that can wait, once the page has nothing better to do. Never at once: while the first
 * answers are awaited the page looks idle, and would spend its bandwidth on what nobody asked for.
 */
export function whenIdle(work: () => void): void {
  setTimeout(() => {
    if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: IDLE_WAIT_MAX_MS });
    else work();
  }, PAUSE_MS);
}
