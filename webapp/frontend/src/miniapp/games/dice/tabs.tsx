/** What is below the bet: the player's own rounds and the rules. */

import { useAmounts, useDecimals } from "@app/app/money";
import { openSheet } from "@app/app/sheets-store";
import { useTimes } from "@app/app/times";
import type { DiceRules, Round } from "@shared/api/types";
import { useT, useTexts } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { cutDecimals, formatDecimal } from "@shared/money/decimal";
import { Button } from "@shared/ui/button";
import { Empty, Failure, Rows } from "@shared/ui/state";
import { Card } from "@shared/ui/surface";
import { profitOf, useRounds } from "./rounds";

export function RoundList() {
  const t = useT();
  const { query, rounds } = useRounds();
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Rows count={3} />;
  if (rounds.length === 0) {
    return <Empty icon="dice" note={t("game-no-bets-note")} title={t("game-no-bets")} />;
  }
  return (
    <Card className="overflow-hidden py-1">
      {rounds.map((round) => (
        <RoundRow key={round.id} round={round} />
      ))}
      {query.hasNextPage && (
        <div className="p-2">
          <Button
            onClick={() => void query.fetchNextPage()}
            pending={query.isFetchingNextPage}
            size="small"
            tone="raised"
            wide
          >
            {t("app-load-more")}
          </Button>
        </div>
      )}
    </Card>
  );
}

function RoundRow({ round }: { round: Round }) {
  const language = useTexts((state) => state.language);
  const { full } = useAmounts();
  const decimals = useDecimals();
  const { time } = useTimes();
  return (
    <button
      className="grid min-h-11 w-full grid-cols-[3.5rem_4rem_1fr_auto] items-center gap-2 px-3 text-caption transition-colors hover:bg-raised active:bg-raised"
      onClick={() => openSheet({ name: "round", round })}
      type="button"
    >
      <span className="text-start text-muted">{time(round.at)}</span>
      <span
        className={cx(
          "rounded-chip py-0.5 text-center font-semibold",
          round.won ? "bg-win-soft text-win" : "bg-raised text-muted",
        )}
      >
        {formatDecimal(round.roll, language)}
      </span>
      <span className="text-end text-muted">
        {formatDecimal(cutDecimals(round.multiplier, 2), language)}×
      </span>
      <span className={cx("text-end font-semibold", round.won ? "text-win" : "text-muted")}>
        {full(profitOf(round, decimals(round.currency)), round.currency, { sign: "always" })}
      </span>
    </button>
  );
}

export function Rules({ rules }: { rules: DiceRules }) {
  const t = useT();
  const language = useTexts((state) => state.language);
  const { full } = useAmounts();
  const rtp = formatDecimal(percent(rules.return_to_player), language);
  return (
    <Card className="flex flex-col gap-3 p-4">
      <p>{t("game-dice-rules-roll")}</p>
      <p>{t("game-dice-rules-pay", { rtp })}</p>
      <p>{t("game-dice-rules-rounding")}</p>
      <h3 className="mt-1 font-semibold">{t("game-limits")}</h3>
      <ul className="flex flex-col gap-1.5 text-caption text-muted">
        {rules.limits.map((limit) => (
          <li className="flex justify-between gap-3" key={limit.currency}>
            <span>{limit.currency}</span>
            <span>
              {full(limit.minimum, limit.currency, { padding: 0 })} –{" "}
              {full(limit.maximum, limit.currency, { padding: 0 })}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** "0.99" as "99". */
function percent(share: string): string {
  const [whole = "0", part = ""] = share.split(".");
  const digits = part.padEnd(2, "0");
  const rest = digits.slice(2).replace(/0+$/, "");
  return `${Number(whole + digits.slice(0, 2))}${rest && `.${rest}`}`;
}
