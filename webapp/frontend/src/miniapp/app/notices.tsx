/** What happens to the player's account is said in words, one thing after the other. */

import { useT } from "@shared/i18n";
import type { MessageId } from "@shared/i18n/ids";
import { SHOWN_MS, toast } from "@shared/ui/toast";
import { useEffect } from "react";
import { dropNotice, type Notice, useLive } from "./live";

const reasons: Record<string, MessageId> = {
  "session-limit": "app-cut-session-limit",
  excluded: "app-cut-excluded",
  frozen: "app-cut-frozen",
  staff: "app-cut-staff",
};

/** Why games were ended. */
export function cutWords(reason: string | null): MessageId {
  return reasons[reason ?? ""] ?? "app-cut-general";
}

function wordsOf({ code, reason }: Notice): MessageId {
  switch (code) {
    case "account-frozen":
      return "app-frozen";
    case "account-unfrozen":
      return "app-notice-unfrozen";
    case "sessions-cut":
      return cutWords(reason);
    default:
      return "app-notice-other";
  }
}

/** A toast for each; the next one waits until it is over. */
export function Notices() {
  const t = useT();
  const notice = useLive(({ notices }) => notices[0]);
  useEffect(() => {
    if (!notice) return;
    toast(t(wordsOf(notice)), notice.code === "account-unfrozen" ? "win" : "lose");
    const timer = setTimeout(() => dropNotice(notice.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice, t]);
  return null;
}
