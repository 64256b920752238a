import { useTexts } from "@shared/i18n";
import { cutDecimals, formatDecimal } from "@shared/money/decimal";
import { useEffect } from "react";

const SHOWN_MS = 1_800;

interface WinCardProps {
  multiplier: string;
  amount: string;
  onGone: () => void;
}

/** What was won, over the canvas; a tap sends it away. */
export function WinCard({ multiplier, amount, onGone }: WinCardProps) {
  const language = useTexts((state) => state.language);
  useEffect(() => {
    const timer = setTimeout(onGone, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [onGone]);
  return (
    <button
      className="animate-pop flex h-22 w-50 flex-col items-center justify-center rounded-card border-2 border-win bg-surface"
      onClick={onGone}
      type="button"
    >
      <span className="text-big font-extrabold text-win">
        {formatDecimal(cutDecimals(multiplier, 2), language)}×
      </span>
      <span className="text-h2 font-semibold">{amount}</span>
    </button>
  );
}
