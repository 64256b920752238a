/** The amount of a bet: typed, halved, doubled, all of it. */

import { usePlatform } from "@app/app/platform";
import { useT, useTexts } from "@shared/i18n";
import { formatUnits, parseTyped, toDecimal } from "@shared/money/decimal";
import { Coin } from "@shared/ui/coin";

interface StakeInputProps {
  currency: string;
  decimals: number;
  value: string;
  available: bigint;
  minimum: bigint;
  maximum: bigint;
  disabled: boolean;
  onChange: (text: string) => void;
}

export function StakeInput(props: StakeInputProps) {
  const { currency, decimals, value, available, minimum, maximum, disabled, onChange } = props;
  const t = useT();
  const platform = usePlatform();
  const language = useTexts((state) => state.language);
  const show = (units: bigint) => formatUnits(units, decimals, { language, padding: 0 });
  const units = parseTyped(value, decimals);
  const bounded = (wanted: bigint) => {
    const top = available < maximum ? available : maximum;
    const capped = wanted > top ? top : wanted;
    return capped < minimum ? minimum : capped;
  };
  const set = (wanted: bigint) => {
    platform.impact("light");
    onChange(toDecimal(bounded(wanted), decimals));
  };
  const step =
    "press h-10 min-w-11 rounded-[9px] bg-knob px-2 text-caption font-semibold text-fg hover:bg-raised-hover disabled:text-faint";
  return (
    <div>
      <div className="mb-1.5 flex items-baseline justify-between gap-3 text-caption">
        <label className="font-medium" htmlFor="stake">
          {t("game-stake")}
        </label>
        <span className="text-muted">
          {t("game-stake-limits", { minimum: show(minimum), maximum: show(maximum) })}
        </span>
      </div>
      <div className="flex h-12 items-center gap-1 rounded-control border border-transparent bg-well ps-3 pe-1 focus-within:border-accent">
        <Coin currency={currency} size={20} />
        <input
          autoComplete="off"
          className="min-w-0 flex-1 bg-transparent px-2 text-input font-semibold outline-none"
          disabled={disabled}
          id="stake"
          inputMode="decimal"
          onBlur={() => units !== null && onChange(toDecimal(units, decimals))}
          onChange={(event) => onChange(event.target.value)}
          value={value}
        />
        <button
          className={step}
          disabled={disabled}
          onClick={() => set((units ?? 0n) / 2n)}
          type="button"
        >
          ½
        </button>
        <button
          className={step}
          disabled={disabled}
          onClick={() => set((units ?? 0n) * 2n)}
          type="button"
        >
          2×
        </button>
        <button className={step} disabled={disabled} onClick={() => set(available)} type="button">
          {t("game-stake-max")}
        </button>
      </div>
    </div>
  );
}
