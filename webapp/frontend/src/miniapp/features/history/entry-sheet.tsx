/** One movement with everything that support would ask for. */

import { useAmounts } from "@app/app/money";
import { usePlatform } from "@app/app/platform";
import { botLink } from "@app/app/screens";
import { useTimes } from "@app/app/times";
import { useSession } from "@shared/api/session";
import type { Entry } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Button } from "@shared/ui/button";
import { CopyField } from "@shared/ui/copy";
import { Icon } from "@shared/ui/icon";
import type { ReactNode } from "react";
import { directionOf, kindOf } from "./kinds";

export function EntrySheet({ entry }: { entry: Entry }) {
  const t = useT();
  const platform = usePlatform();
  const bot = useSession((state) => state.config?.bot_username);
  const { full } = useAmounts();
  const { full: moment } = useTimes();
  const { label, icon } = kindOf(entry);
  const direction = directionOf(entry);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col items-center gap-2 py-2 text-center">
        <span
          className={cx(
            "grid size-14 place-items-center rounded-chip",
            direction === "in" ? "bg-win-soft text-win" : "bg-raised text-muted",
          )}
        >
          <Icon name={icon} size={26} />
        </span>
        <span className={cx("text-big font-extrabold", direction === "in" && "text-win")}>
          {full(entry.amount, entry.currency, { sign: "always" })}
        </span>
        <span className="text-muted">{t(label)}</span>
      </div>
      <dl className="overflow-hidden rounded-card bg-well text-caption">
        <Line label={t("app-entry-at")}>{moment(entry.at)}</Line>
        {entry.game && <Line label={t("app-entry-game")}>{entry.game.title}</Line>}
        <Line label={t("app-entry-balance")}>{full(entry.balance_after, entry.currency)}</Line>
      </dl>
      {entry.round_id && <CopyField label={t("app-entry-round")} value={entry.round_id} />}
      <CopyField label={t("app-entry-id")} value={entry.id} />
      {bot && (
        <Button
          icon="help"
          onClick={() => platform.openTelegramLink(botLink(bot, "support"))}
          tone="raised"
          wide
        >
          {t("app-support")}
        </Button>
      )}
    </div>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-h-11 items-center justify-between gap-4 border-b border-line px-3.5 py-2 last:border-0">
      <dt className="text-muted">{label}</dt>
      <dd className="text-end font-medium select-text">{children}</dd>
    </div>
  );
}
