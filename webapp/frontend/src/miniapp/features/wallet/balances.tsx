/** Every balance that one may play with, as a list to choose from. */

import { chooseCurrency, useAmounts, useCurrency } from "@app/app/money";
import { usePlatform } from "@app/app/platform";
import { useSession } from "@shared/api/session";
import type { CurrencyView } from "@shared/api/types";
import { useWallet } from "@shared/api/wallet";
import { useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Coin } from "@shared/ui/coin";
import { Icon } from "@shared/ui/icon";

const IS_ZERO = /^0*(?:\.0*)?$/;

interface BalancesProps {
  currencies: readonly CurrencyView[];
  onChoose: () => void;
}

/** Balances to choose from; the chosen one is played with from then on. */
export function Balances({ currencies, onChoose }: BalancesProps) {
  const t = useT();
  const platform = usePlatform();
  const mode = useSession((state) => state.config?.mode);
  const current = useCurrency();
  const accounts = useWallet((state) => state.accounts);
  const { full } = useAmounts();
  const choose = (code: string) => {
    platform.selection();
    chooseCurrency(code);
    onChoose();
  };
  return (
    <div className="flex flex-col gap-2">
      {currencies.map(({ code, play_money: play }) => {
        const account = accounts[code];
        const on = code === current?.code;
        const held = account && !IS_ZERO.test(account.held);
        const bonus = account && !IS_ZERO.test(account.bonus);
        return (
          <button
            aria-pressed={on}
            className={cx(
              "press flex min-h-16 items-center gap-3 rounded-card border px-3.5 py-2.5 text-start",
              on ? "border-accent bg-accent-soft" : "border-transparent bg-raised",
            )}
            key={code}
            onClick={() => choose(code)}
            type="button"
          >
            <Coin currency={code} size={36} />
            <span className="min-w-0 flex-1">
              <span className="block font-semibold">{code}</span>
              <span className="block text-caption text-muted">
                {play ? t("app-play-money") : mode === "live" && t("app-real-money")}
              </span>
            </span>
            <span className="text-end">
              <span className="block font-semibold">{full(account?.available ?? "0", code)}</span>
              {held && (
                <span className="block text-caption text-muted">
                  {t("app-held", { amount: full(account.held, code) })}
                </span>
              )}
              {bonus && (
                <span className="block text-caption text-gold">
                  {t("app-bonus", { amount: full(account.bonus, code) })}
                </span>
              )}
            </span>
            <Icon className={on ? "text-accent" : "text-transparent"} name="check" size={20} />
          </button>
        );
      })}
    </div>
  );
}
