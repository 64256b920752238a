import { cx } from "@shared/lib/cx";

export interface Pill {
  id: string;
  text: string;
  won: boolean;
}

interface PillsProps {
  pills: readonly Pill[];
  label: string;
  empty: string;
  onOpen: (id: string) => void;
}

/** The last results, newest first. */
export function Pills({ pills, label, empty, onOpen }: PillsProps) {
  return (
    <section
      aria-label={label}
      className="no-scrollbar mb-1 flex h-9 items-center gap-1.5 overflow-x-auto"
    >
      {pills.length === 0 && <span className="text-caption text-faint">{empty}</span>}
      {pills.map((pill) => (
        <button
          className={cx(
            "press animate-rise h-7 shrink-0 rounded-chip px-2.5 text-caption font-semibold",
            pill.won ? "bg-win-soft text-win" : "bg-chip text-muted",
          )}
          key={pill.id}
          onClick={() => onOpen(pill.id)}
          type="button"
        >
          {pill.text}
        </button>
      ))}
    </section>
  );
}
