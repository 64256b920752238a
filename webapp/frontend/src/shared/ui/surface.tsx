/** Cards, rows, segments: the plain furniture. */

import type { HTMLAttributes, ReactNode } from "react";
import { cx } from "../lib/cx";
import { Icon, type IconName } from "./icon";

export function Card({ className, ...rest }: HTMLAttributes<HTMLDivElement>) {
  return <div className={cx("rounded-card bg-surface", className)} {...rest} />;
}

export function SectionTitle({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="mb-2.5 flex min-h-6 items-center justify-between gap-3">
      <h2 className="text-h2 font-semibold">{children}</h2>
      {action}
    </div>
  );
}

interface RowProps {
  icon?: IconName;
  lead?: ReactNode;
  title: ReactNode;
  note?: ReactNode;
  value?: ReactNode;
  onPress?: () => void;
  external?: boolean;
  dense?: boolean;
}

/** A list row: 44 px dense, 64 px with two lines. */
export function Row({ icon, lead, title, note, value, onPress, external, dense }: RowProps) {
  const body = (
    <>
      {lead ??
        (icon && (
          <span className="grid size-10 shrink-0 place-items-center rounded-control bg-raised text-muted">
            <Icon name={icon} size={20} />
          </span>
        ))}
      <span className="min-w-0 flex-1 text-start">
        <span className="block font-medium">{title}</span>
        {note && <span className="block text-caption text-muted">{note}</span>}
      </span>
      {value !== undefined && <span className="shrink-0 text-end text-muted">{value}</span>}
      {onPress && (
        <Icon className="shrink-0 text-faint" name={external ? "external" : "next"} size={18} />
      )}
    </>
  );
  const shape = cx(
    "flex w-full items-center gap-3 px-3",
    dense ? "min-h-11 py-1.5" : "min-h-16 py-2",
  );
  if (!onPress) return <div className={shape}>{body}</div>;
  return (
    <button
      className={cx(shape, "rounded-card transition-colors hover:bg-raised active:bg-raised")}
      onClick={onPress}
      type="button"
    >
      {body}
    </button>
  );
}

interface SegmentedProps<T extends string> {
  value: T;
  options: readonly { value: T; label: ReactNode }[];
  onChange: (value: T) => void;
  label: string;
  className?: string;
}

export function Segmented<T extends string>({
  value,
  options,
  onChange,
  label,
  className,
}: SegmentedProps<T>) {
  return (
    <div
      aria-label={label}
      className={cx("flex h-11 rounded-control bg-well p-1", className)}
      role="tablist"
    >
      {options.map((option) => (
        <button
          aria-selected={option.value === value}
          className={cx(
            "flex-1 rounded-[9px] px-3 text-caption font-semibold whitespace-nowrap transition-colors duration-150",
            option.value === value ? "bg-knob text-fg" : "text-muted hover:text-fg",
          )}
          key={option.value}
          onClick={() => onChange(option.value)}
          role="tab"
          type="button"
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

type BannerTone = "gold" | "lose" | "accent" | "win";
const banners: Record<BannerTone, string> = {
  gold: "bg-gold-soft text-gold",
  lose: "bg-lose-soft text-lose",
  accent: "bg-accent-soft text-info",
  win: "bg-win-soft text-win",
};

export function Banner({
  tone,
  icon,
  children,
}: {
  tone: BannerTone;
  icon: IconName;
  children: ReactNode;
}) {
  return (
    <div
      className={cx("flex items-start gap-2.5 rounded-control p-3 text-caption", banners[tone])}
    >
      <Icon className="mt-px shrink-0" name={icon} size={18} />
      <div className="min-w-0 flex-1 text-fg">{children}</div>
    </div>
  );
}
