/** What is shown while there is nothing to show: waiting, empty, failed. */

import type { ReactNode } from "react";
import { asApiError } from "../api/errors";
import { useErrorText, useT } from "../i18n";
import { cx } from "../lib/cx";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";

export function Spinner({ size = 18 }: { size?: number }) {
  return (
    <svg
      aria-hidden="true"
      className="animate-turn shrink-0"
      height={size}
      viewBox="0 0 20 20"
      width={size}
    >
      <circle
        cx="10"
        cy="10"
        fill="none"
        opacity=".25"
        r="8"
        stroke="currentColor"
        strokeWidth="2.6"
      />
      <path
        d="M10 2a8 8 0 0 1 8 8"
        fill="none"
        stroke="currentColor"
        strokeLinecap="round"
        strokeWidth="2.6"
      />
    </svg>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden="true"
      className={cx("animate-breathe rounded-control bg-raised", className)}
    />
  );
}

export function Rows({ count = 4 }: { count?: number }) {
  return (
    <div className="flex flex-col gap-2">
      {Array.from({ length: count }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders are nothing but their places
        <Skeleton className="h-16" key={i} />
      ))}
    </div>
  );
}

interface EmptyProps {
  icon: IconName;
  title: string;
  note?: string;
  action?: ReactNode;
}

export function Empty({ icon, title, note, action }: EmptyProps) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-10 text-center">
      <div className="relative grid size-24 place-items-center">
        <svg aria-hidden="true" className="absolute inset-0 text-line" viewBox="0 0 96 96">
          <circle
            cx="48"
            cy="48"
            fill="none"
            r="44"
            stroke="currentColor"
            strokeDasharray="14 9"
            strokeWidth="5"
          />
        </svg>
        <span className="grid size-16 place-items-center rounded-chip bg-raised text-muted">
          <Icon name={icon} size={30} />
        </span>
      </div>
      <h3 className="text-h2 font-semibold">{title}</h3>
      {note && <p className="max-w-72 text-muted">{note}</p>}
      {action}
    </div>
  );
}

export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useT();
  const words = useErrorText();
  const { requestId } = asApiError(error);
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-10 text-center" role="alert">
      <span className="grid size-14 place-items-center rounded-chip bg-raised text-muted">
        <Icon name="warning" size={26} />
      </span>
      <p className="max-w-72">{words(error)}</p>
      {onRetry && (
        <Button icon="refresh" onClick={onRetry} tone="raised">
          {t("app-retry")}
        </Button>
      )}
      {requestId && (
        <p className="font-mono text-micro text-faint select-text">
          {t("app-request-id", { id: requestId })}
        </p>
      )}
    </div>
  );
}
