/** Multiplier, border and chance: editing one moves the others. */

import type { Direction } from "@shared/api/types";
import { useT, useTexts } from "@shared/i18n";
import { formatDecimal } from "@shared/money/decimal";
import { Icon } from "@shared/ui/icon";
import { useId, useState } from "react";
import {
  chanceText,
  type DiceMath,
  fromChance,
  fromMultiplier,
  fromThreshold,
  multiplierText,
  thresholdText,
} from "./linking";

interface LinkedFieldsProps {
  math: DiceMath;
  direction: Direction;
  winNumbers: number;
  locked: boolean;
  onMove: (winNumbers: number) => void;
  onTurn: () => void;
}

export function LinkedFields(props: LinkedFieldsProps) {
  const { math, direction, winNumbers, locked, onMove, onTurn } = props;
  const t = useT();
  return (
    <div className="grid grid-cols-3 gap-2">
      <Linked
        label={t("game-dice-multiplier")}
        locked={locked}
        onMove={onMove}
        onTyped={(text) => fromMultiplier(text, math)}
        text={multiplierText(winNumbers, math)}
        unit="×"
      />
      <Linked
        label={t(direction === "under" ? "game-dice-under" : "game-dice-over")}
        locked={locked}
        onMove={onMove}
        onTurn={onTurn}
        onTyped={(text) => fromThreshold(text, direction, math)}
        text={thresholdText(winNumbers, direction, math)}
      />
      <Linked
        label={t("game-dice-chance")}
        locked={locked}
        onMove={onMove}
        onTyped={(text) => fromChance(text, math)}
        text={chanceText(winNumbers, math)}
        unit="%"
      />
    </div>
  );
}

interface LinkedProps {
  label: string;
  text: string;
  unit?: string;
  locked: boolean;
  onTyped: (text: string) => number | null;
  onMove: (winNumbers: number) => void;
  onTurn?: () => void;
}

function Linked({ label, text, unit, locked, onTyped, onMove, onTurn }: LinkedProps) {
  const t = useT();
  const id = useId();
  const language = useTexts((state) => state.language);
  // While it is edited the field keeps what was typed; leaving it shows what that came to.
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex h-4.5 items-center text-caption text-muted">
        {onTurn ? (
          <button
            aria-label={`${label}. ${t("game-dice-turn")}`}
            className="press relative flex min-w-0 items-center gap-1 font-medium text-info after:absolute after:-inset-x-1 after:-inset-y-3.5"
            data-testid="turn"
            disabled={locked}
            onClick={onTurn}
            title={t("game-dice-turn")}
            type="button"
          >
            <span className="truncate">{label}</span>
            <Icon className="shrink-0" name="swap" size={16} />
          </button>
        ) : (
          <label className="truncate" htmlFor={id}>
            {label}
          </label>
        )}
      </div>
      <div className="flex h-11 items-center gap-0.5 rounded-control border border-transparent bg-well px-2.5 focus-within:border-accent">
        <input
          aria-label={label}
          autoComplete="off"
          className="w-full min-w-0 bg-transparent text-[16px] font-semibold outline-none lg:text-body"
          disabled={locked}
          id={id}
          inputMode="decimal"
          onBlur={() => setDraft(null)}
          onChange={(event) => {
            setDraft(event.target.value);
            const moved = onTyped(event.target.value);
            if (moved !== null) onMove(moved);
          }}
          onFocus={(event) => event.target.select()}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
          value={draft ?? formatDecimal(text, language)}
        />
        {unit && <span className="text-caption text-muted">{unit}</span>}
      </div>
    </div>
  );
}
