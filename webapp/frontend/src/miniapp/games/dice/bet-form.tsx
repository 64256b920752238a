/** Stake, odds and the button. */

import { useAccount, useAmounts, useCurrency, useDecimals } from "@app/app/money";
import { usePlatform } from "@app/app/platform";
import { openSheet } from "@app/app/sheets-store";
import { StakeInput } from "@app/games/kit/stake";
import type { DiceRules, Direction } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { parseTyped, toDecimal, unitsOf } from "@shared/money/decimal";
import { Button } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";
import { Banner } from "@shared/ui/surface";
import { useState } from "react";
import { LinkedFields } from "./fields";
import { type DiceMath, payoutUnits } from "./linking";
import type { DiceBetting } from "./use-dice-bet";

interface BetFormProps {
  rules: DiceRules;
  math: DiceMath;
  direction: Direction;
  winNumbers: number;
  onMove: (winNumbers: number) => void;
  onTurn: () => void;
  betting: DiceBetting;
}

export function BetForm({
  rules,
  math,
  direction,
  winNumbers,
  onMove,
  onTurn,
  betting,
}: BetFormProps) {
  const t = useT();
  const platform = usePlatform();
  const currency = useCurrency();
  const code = currency?.code ?? "";
  const decimals = useDecimals()(code);
  const account = useAccount(code);
  const { full } = useAmounts();
  const limits = rules.limits.find((limit) => limit.currency === code);
  const minimum = unitsOf(limits?.minimum ?? "0", decimals);
  const maximum = unitsOf(limits?.maximum ?? "0", decimals);
  const [typed, setTyped] = useState<{ code: string; text: string } | null>(null);
  const [more, setMore] = useState(false);
  const text = typed?.code === code ? typed.text : defaultStake(minimum, maximum, decimals);
  const stake = parseTyped(text, decimals);
  const playable = account ? playableUnits(account.available, account.bonus, decimals) : 0n;
  const profit = stake === null ? null : payoutUnits(stake, winNumbers, math) - stake;
  const { bet } = betting;
  const locked = bet.state !== "ready";
  if (!limits) {
    return (
      <div className="pb-3">
        <Banner icon="swap" tone="gold">
          {t("game-other-currency", { currency: code })}
        </Banner>
        <Button
          className="mt-3"
          onClick={() => openSheet({ name: "currency" })}
          tone="raised"
          wide
        >
          {t("app-choose-currency")}
        </Button>
      </div>
    );
  }
  const roll = () => {
    if (stake === null) return;
    platform.impact("medium");
    void betting.place({
      currency: code,
      stake: toDecimal(stake, decimals),
      direction,
      win_numbers: winNumbers,
    });
  };
  return (
    <>
      <StakeInput
        available={playable}
        currency={code}
        decimals={decimals}
        disabled={locked}
        maximum={maximum}
        minimum={minimum}
        onChange={(next) => setTyped({ code, text: next })}
        value={text}
      />
      <div className={more ? "mt-3" : "mt-3 short:hidden"}>
        <LinkedFields
          direction={direction}
          locked={locked}
          math={math}
          onMove={onMove}
          onTurn={onTurn}
          winNumbers={winNumbers}
        />
      </div>
      <button
        aria-expanded={more}
        className="press mt-1 hidden h-9 w-full items-center justify-center gap-1 text-caption font-medium text-muted short:flex"
        onClick={() => setMore(!more)}
        type="button"
      >
        {t(more ? "game-less" : "game-more")}
        <Icon className={more ? "rotate-180" : ""} name="down" size={16} />
      </button>
      <div className="mt-3 flex items-baseline justify-between gap-3 text-caption short:mt-0">
        <span className="text-muted">{t("game-profit")}</span>
        <span className="text-body font-semibold text-win">
          {profit === null ? "–" : full(toDecimal(profit, decimals), code, { sign: "always" })}
        </span>
      </div>
      <div className="sticky bottom-[calc(var(--sab)+var(--lift))] z-10 bg-surface pt-2.5 pb-3 shadow-[0_60px_0_var(--surface)]">
        {bet.state === "unknown" ? (
          <Button
            icon="refresh"
            onClick={() => void betting.again(bet.armed)}
            size="cta"
            tone="gold"
            wide
          >
            {t("game-bet-check")}
          </Button>
        ) : account && playable < minimum && bet.state === "ready" ? (
          <Button icon="plus" onClick={() => openSheet({ name: "wallet" })} size="cta" wide>
            {t("game-deposit-to-play")}
          </Button>
        ) : (
          <BetButton
            key={betting.refusals}
            maximum={maximum}
            minimum={minimum}
            onBet={roll}
            pending={bet.state === "pending"}
            playable={account ? playable : null}
            shaken={betting.refusals > 0}
            show={(units) => full(toDecimal(units, decimals), code, { padding: 0 })}
            stake={stake}
          />
        )}
      </div>
    </>
  );
}

interface BetButtonProps {
  stake: bigint | null;
  minimum: bigint;
  maximum: bigint;
  playable: bigint | null;
  pending: boolean;
  shaken: boolean;
  show: (units: bigint) => string;
  onBet: () => void;
}

/** A bet that cannot be placed says why on the button itself. */
function BetButton({
  stake,
  minimum,
  maximum,
  playable,
  pending,
  shaken,
  show,
  onBet,
}: BetButtonProps) {
  const t = useT();
  const reason =
    stake === null
      ? t("game-stake-missing")
      : stake < minimum
        ? t("game-stake-low", { amount: show(minimum) })
        : stake > maximum
          ? t("game-stake-high", { amount: show(maximum) })
          : playable !== null && stake > playable
            ? t("game-stake-unfunded")
            : null;
  return (
    <Button
      className={shaken && !pending ? "animate-shake" : ""}
      data-testid="bet"
      disabled={reason !== null || playable === null}
      onClick={onBet}
      pending={pending}
      size="cta"
      tone="win"
      wide
    >
      {reason ?? t("game-dice-roll")}
    </Button>
  );
}

/** What a stake may take: cash, then bonus. */
function playableUnits(available: string, bonus: string, decimals: number): bigint {
  return unitsOf(available, decimals) + unitsOf(bonus, decimals);
}

function defaultStake(minimum: bigint, maximum: bigint, decimals: number): string {
  const start = minimum * 10n;
  return toDecimal(start > maximum ? minimum : start, decimals);
}
