/** Moments in the player's language and time zone. */

import { useTexts } from "@shared/i18n";
import { useMemo } from "react";

const DAY_MS = 86_400_000;

export interface Times {
  time: (iso: string) => string;
  day: (iso: string) => string;
  full: (iso: string) => string;
}

export function useTimes(): Times {
  const language = useTexts((state) => state.language);
  return useMemo(() => {
    const clock = new Intl.DateTimeFormat(language, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });
    const moment = new Intl.DateTimeFormat(language, {
      dateStyle: "medium",
      timeStyle: "medium",
      hourCycle: "h23",
    });
    const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    const midnight = (at: Date) =>
      new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
    return {
      time: (iso) => clock.format(new Date(iso)),
      full: (iso) => moment.format(new Date(iso)),
      day(iso) {
        const at = new Date(iso);
        const ago = Math.round((midnight(new Date()) - midnight(at)) / DAY_MS);
        if (ago > 1) return date.format(at);
        const word = relative.format(-ago, "day");
        return word.charAt(0).toUpperCase() + word.slice(1);
      },
    };
  }, [language]);
}
