import { useEffect } from "react";
import { create } from "zustand";
import { cx } from "../lib/cx";
import { Icon } from "./icon";

type Tone = "win" | "lose" | "plain";

interface Toast {
  id: number;
  tone: Tone;
  text: string;
}

export const SHOWN_MS = 3_200;
let last = 0;

const useToast = create<{ toast: Toast | null }>(() => ({ toast: null }));

/** One line at the top; a newer one replaces it. */
export function toast(text: string, tone: Tone = "plain"): void {
  last += 1;
  useToast.setState({ toast: { id: last, tone, text } });
}

export function ToastHost() {
  const { toast: shown } = useToast();
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => useToast.setState({ toast: null }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 top-[calc(var(--sat)+64px)] z-50 flex justify-center px-4"
    >
      {shown && (
        <div
          className="animate-drop flex max-w-100 items-center gap-2.5 rounded-control border border-line bg-raised px-4 py-3 text-body font-medium shadow-sheet"
          key={shown.id}
        >
          <Icon
            className={cx(
              "shrink-0",
              shown.tone === "win"
                ? "text-win"
                : shown.tone === "lose"
                  ? "text-lose"
                  : "text-info",
            )}
            name={shown.tone === "win" ? "check" : shown.tone === "lose" ? "warning" : "spade"}
            size={20}
          />
          {shown.text}
        </div>
      )}
    </div>
  );
}
