/** The canvas of dice: the last roll, the track with its win zone, the handle and the marker. */

import { useAmounts, useDecimals } from "@app/app/money";
import { usePlatform } from "@app/app/platform";
import { WinCard } from "@app/games/kit/win-card";
import type { Direction, Round } from "@shared/api/types";
import { useT, useTexts } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { cutDecimals, formatDecimal } from "@shared/money/decimal";
import { type CSSProperties, useRef } from "react";
import { borderOf, chanceText, type DiceMath, fromBorder, multiplierText } from "./linking";
import { profitOf } from "./rounds";

interface BoardProps {
  math: DiceMath;
  direction: Direction;
  winNumbers: number;
  onMove: (winNumbers: number) => void;
  /** The newest result of this visit. */
  round: Round | null;
  pending: boolean;
  celebrating: boolean;
  onCelebrated: () => void;
  locked: boolean;
}

export function Board(props: BoardProps) {
  const { math, direction, winNumbers, round, pending, celebrating, onCelebrated } = props;
  const { full } = useAmounts();
  const cheering = celebrating && round?.won;
  return (
    <div className="relative flex h-[clamp(220px,40vh,360px)] flex-col overflow-hidden rounded-card bg-surface lg:h-auto lg:min-h-110">
      <div className="pointer-events-none absolute inset-x-0 top-0 h-3/4 bg-[radial-gradient(60%_70%_at_50%_30%,var(--raised),transparent)] opacity-70" />
      <div
        className={cx(
          "relative flex flex-1 flex-col items-center justify-center transition-opacity",
          pending && "opacity-50",
        )}
      >
        {cheering ? (
          <WinCard
            amount={full(round.payout, round.currency)}
            key={round.id}
            multiplier={round.multiplier}
            onGone={onCelebrated}
          />
        ) : round ? (
          <LastRoll round={round} />
        ) : (
          <Odds math={math} winNumbers={winNumbers} />
        )}
      </div>
      <Track {...props} />
      <Ticks />
      <span className="sr-only" role="status">
        {round && `${round.roll} ${direction} ${full(round.payout, round.currency)}`}
      </span>
    </div>
  );
}

function Odds({ math, winNumbers }: { math: DiceMath; winNumbers: number }) {
  const t = useT();
  const language = useTexts((state) => state.language);
  return (
    <>
      <span className="text-display font-extrabold tracking-tight">
        {formatDecimal(cutDecimals(multiplierText(winNumbers, math), 2), language)}×
      </span>
      <span className="text-body text-muted">
        {t("game-dice-odds", { chance: formatDecimal(chanceText(winNumbers, math), language) })}
      </span>
    </>
  );
}

function LastRoll({ round }: { round: Round }) {
  const t = useT();
  const language = useTexts((state) => state.language);
  const { full } = useAmounts();
  const decimals = useDecimals()(round.currency);
  const text = profitOf(round, decimals);
  return (
    <>
      <span
        className={cx(
          "animate-roll text-display font-extrabold tracking-tight",
          round.won ? "text-win" : "text-fg",
        )}
        key={round.id}
      >
        {formatDecimal(round.roll, language)}
      </span>
      <span className={cx("text-body font-semibold", round.won ? "text-win" : "text-muted")}>
        {round.won
          ? t("game-won", { amount: full(text, round.currency, { sign: "always" }) })
          : t("game-no-win", { amount: full(text, round.currency) })}
      </span>
    </>
  );
}

/** Half the handle: the track's ends are where its centre can go. */
const EDGE = 22;
/** Dragging moves in half per cents; keys and fields reach every number. */
const DRAG_STEP = 50;

function at(roll: number): string {
  return `calc(${EDGE}px + (100% - ${EDGE * 2}px) * ${roll / 100})`;
}

function Track({ math, direction, winNumbers, onMove, round, locked }: BoardProps) {
  const t = useT();
  const platform = usePlatform();
  const language = useTexts((state) => state.language);
  const dragging = useRef(false);
  const border = borderOf(winNumbers, direction, math);
  const share = `${border / (math.outcomes / 100)}%`;
  const under = direction === "under";
  const move = (value: number) => {
    const wanted = dragging.current ? Math.round(value / DRAG_STEP) * DRAG_STEP : value;
    const next = fromBorder(under || !dragging.current ? wanted : wanted - 1, direction, math);
    if (next === winNumbers) return;
    platform.selection();
    onMove(next);
  };
  return (
    <div className="relative mx-3 mt-8 h-11 lg:mx-10">
      <div className="absolute inset-x-1.5 top-1/2 h-8 -translate-y-1/2 rounded-chip bg-well" />
      <div className="absolute inset-x-[22px] top-1/2 flex h-2.5 -translate-y-1/2 overflow-hidden rounded-chip">
        <span className={under ? "bg-win-fill" : "bg-lose opacity-35"} style={{ width: share }} />
        <span className={cx("flex-1", under ? "bg-lose opacity-35" : "bg-win-fill")} />
      </div>
      {round && <Marker round={round} text={formatDecimal(round.roll, language)} />}
      <input
        aria-label={t("game-dice-slider")}
        aria-valuetext={formatDecimal(chanceText(winNumbers, math), language)}
        className="dial absolute inset-0"
        disabled={locked}
        max={math.outcomes}
        min={0}
        onChange={(event) => move(event.target.valueAsNumber)}
        onPointerCancel={() => {
          dragging.current = false;
        }}
        onPointerDown={() => {
          dragging.current = true;
        }}
        onPointerUp={() => {
          dragging.current = false;
        }}
        step={1}
        type="range"
        value={border}
      />
    </div>
  );
}

function Marker({ round, text }: { round: Round; text: string }) {
  const style: CSSProperties = { left: at(Number(round.roll)) };
  return (
    <div
      className="pointer-events-none absolute top-1/2 z-10 transition-[left] duration-[400ms] ease-[cubic-bezier(.2,.8,.2,1)]"
      style={style}
    >
      <div className="animate-drop absolute bottom-5 left-0" key={round.id}>
        <span
          data-testid="roll"
          data-won={round.won}
          className={cx(
            "absolute bottom-1.5 left-0 -translate-x-1/2 rounded-[9px] border-2 bg-surface px-2 py-1 text-caption font-bold",
            round.won ? "border-win text-win" : "border-line text-fg",
          )}
        >
          {text}
        </span>
        <span
          className={cx(
            "absolute -bottom-0.5 left-0 size-0 -translate-x-1/2 border-x-[6px] border-t-[8px] border-x-transparent",
            round.won ? "border-t-win" : "border-t-line",
          )}
        />
      </div>
    </div>
  );
}

function Ticks() {
  return (
    <div
      aria-hidden="true"
      className="relative mx-3 mb-3 h-6 text-micro text-muted lg:mx-10 lg:mb-8"
    >
      {[0, 25, 50, 75, 100].map((tick) => (
        <span className="absolute -translate-x-1/2 pt-1.5" key={tick} style={{ left: at(tick) }}>
          <span className="absolute top-0 left-1/2 h-1 w-px bg-line" />
          {tick}
        </span>
      ))}
    </div>
  );
}
