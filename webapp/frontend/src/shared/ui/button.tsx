import type { ButtonHTMLAttributes, ReactNode } from "react";
import { cx } from "../lib/cx";
import { Icon, type IconName } from "./icon";
import { Spinner } from "./state";

type Tone = "accent" | "win" | "gold" | "raised" | "quiet" | "lose";
type Size = "cta" | "control" | "small";

const tones: Record<Tone, string> = {
  accent: "bg-accent text-on-accent",
  win: "bg-win-fill text-on-win",
  gold: "bg-gold-fill text-on-win",
  raised: "bg-raised text-fg hover:bg-raised-hover",
  quiet: "bg-transparent text-info",
  lose: "bg-lose-soft text-lose",
};

const sizes: Record<Size, string> = {
  cta: "min-h-13 px-5 text-button font-bold",
  control: "min-h-11 px-4 text-body font-semibold",
  small: "min-h-9 px-3 text-caption font-semibold",
};

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: Tone;
  size?: Size;
  icon?: IconName;
  /** Shows a spinner; the label stays, and a second tap does nothing. */
  pending?: boolean;
  wide?: boolean;
}

export function Button({
  tone = "accent",
  size = "control",
  icon,
  pending = false,
  wide = false,
  disabled,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      aria-busy={pending}
      className={cx(
        "press inline-flex items-center justify-center gap-2 rounded-control text-center",
        sizes[size],
        disabled && !pending ? "bg-raised text-muted" : tones[tone],
        wide && "w-full",
        className,
      )}
      disabled={disabled || pending}
      type="button"
      {...rest}
    >
      {pending ? (
        <Spinner size={size === "small" ? 14 : 18} />
      ) : (
        icon && <Icon name={icon} size={18} />
      )}
      <span className="min-w-0">{children}</span>
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
  size?: number;
}

export function IconButton({ icon, label, size = 22, className, ...rest }: IconButtonProps) {
  return (
    <button
      aria-label={label}
      className={cx(
        "press inline-grid size-11 shrink-0 place-items-center rounded-control text-muted hover:text-fg",
        className,
      )}
      title={label}
      type="button"
      {...rest}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}

export function Chip({
  on,
  icon,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { on: boolean; icon?: IconName | ReactNode }) {
  return (
    <button
      aria-pressed={on}
      className={cx(
        "press inline-flex h-9 shrink-0 items-center gap-1.5 rounded-chip px-3.5 text-caption font-semibold whitespace-nowrap",
        on ? "bg-accent text-on-accent" : "bg-chip text-muted hover:text-fg",
      )}
      type="button"
      {...rest}
    >
      {typeof icon === "string" ? <Icon name={icon as IconName} size={16} /> : icon}
      {children}
    </button>
  );
}
