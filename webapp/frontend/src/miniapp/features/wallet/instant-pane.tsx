/** Play money, credited at once. */

import { useAmounts, useDecimals } from "@app/app/money";
import { usePlatform } from "@app/app/platform";
import { type Armed, insist, newKey } from "@app/games/kit/bet";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { DepositMethod } from "@shared/api/types";
import { useErrorText, useT, useTexts } from "@shared/i18n";
import { formatUnits, parseTyped, toDecimal, unitsOf } from "@shared/money/decimal";
import { Button } from "@shared/ui/button";
import { Coin } from "@shared/ui/coin";
import { Banner } from "@shared/ui/surface";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Credited } from "./credited";

const PRESETS = ["100", "500", "1000"];

export function InstantPane({ method }: { method: DepositMethod }) {
  const { rail, currency } = method;
  const t = useT();
  const words = useErrorText();
  const platform = usePlatform();
  const queries = useQueryClient();
  const language = useTexts((state) => state.language);
  const decimals = useDecimals()(currency);
  const { full } = useAmounts();
  const [text, setText] = useState("500");
  const amount = parseTyped(text, decimals);
  const minimum = unitsOf(method.minimum, decimals);
  const low = amount !== null && amount < minimum;
  // Kept over retries, so that money asked for once is credited once.
  const armed = useRef<Armed<string> | null>(null);
  const add = useMutation({
    mutationFn: (wanted: string) => {
      if (armed.current?.order !== wanted) armed.current = { key: newKey(), order: wanted };
      return insist(armed.current, ({ key, order }) =>
        call(
          api.POST("/api/v1/deposit/instant", {
            params: { header: { "Idempotency-Key": key } },
            body: { rail, currency, amount: order },
          }),
        ),
      );
    },
    onSuccess() {
      armed.current = null;
      platform.notify("success");
      void queries.invalidateQueries({ queryKey: keys.deposits });
    },
    onError: () => platform.notify("error"),
  });
  if (add.data) return <Credited deposit={add.data} />;
  return (
    <div className="flex flex-col gap-3">
      {method.play_money && (
        <Banner icon="gift" tone="accent">
          {t("app-play-money-note")}
        </Banner>
      )}
      <label className="text-caption font-medium" htmlFor="deposit-amount">
        {t("app-amount")}
      </label>
      <div className="-mt-1.5 flex h-12 items-center gap-2 rounded-control border border-transparent bg-well px-3 focus-within:border-accent">
        <Coin currency={currency} />
        <input
          autoComplete="off"
          className="min-w-0 flex-1 bg-transparent text-input font-semibold outline-none"
          id="deposit-amount"
          inputMode="decimal"
          onChange={(event) => setText(event.target.value)}
          value={text}
        />
        <span className="text-muted">{currency}</span>
      </div>
      <div className="grid grid-cols-3 gap-2">
        {PRESETS.map((preset) => (
          <Button key={preset} onClick={() => setText(preset)} tone="raised">
            {formatUnits(unitsOf(preset, decimals), decimals, { language, padding: 0 })}
          </Button>
        ))}
      </div>
      {add.error && (
        <Banner icon="warning" tone="lose">
          {words(add.error)}
        </Banner>
      )}
      <Button
        data-testid="deposit-instant"
        disabled={amount === null || low}
        onClick={() => amount !== null && add.mutate(toDecimal(amount, decimals))}
        pending={add.isPending}
        size="cta"
        wide
      >
        {amount === null || low
          ? t("app-minimum", { amount: full(method.minimum, currency, { padding: 0 }) })
          : t("app-deposit-add", {
              amount: full(toDecimal(amount, decimals), currency, { padding: 0 }),
            })}
      </Button>
    </div>
  );
}
