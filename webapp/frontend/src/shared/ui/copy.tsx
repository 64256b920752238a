import { useEffect, useState } from "react";
import { useT } from "../i18n";
import { cx } from "../lib/cx";
import { copyText } from "../tg/platform";
import { Icon } from "./icon";
import { toast } from "./toast";

interface CopyFieldProps {
  label: string;
  value: string;
  /** Stands out: what must not be forgotten. */
  loud?: boolean;
  /** Large digits instead of a long string. */
  big?: boolean;
}

/** A value with its copy button; the whole field is the button. */
export function CopyField({ label, value, loud = false, big = false }: CopyFieldProps) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    if (await copyText(value)) setCopied(true);
    else toast(t("app-copy-failed"), "lose");
  };
  return (
    <button
      aria-label={t("app-copy-label", { what: label })}
      className={cx(
        "press flex w-full items-center gap-3 rounded-control border px-3.5 py-2.5 text-start",
        loud ? "border-gold-fill bg-gold-soft" : "border-transparent bg-well",
      )}
      onClick={copy}
      type="button"
    >
      <span className="min-w-0 flex-1">
        <span className={cx("block text-caption", loud ? "text-gold" : "text-muted")}>
          {label}
        </span>
        <span
          className={cx(
            "block font-mono break-all",
            big ? "text-h1 font-bold tracking-wide" : "text-caption",
          )}
        >
          {value}
        </span>
      </span>
      <span
        className={cx(
          "grid size-10 shrink-0 place-items-center rounded-control",
          copied ? "bg-win-soft text-win" : "bg-knob text-fg",
        )}
      >
        <Icon name={copied ? "check" : "copy"} size={18} />
      </span>
    </button>
  );
}
