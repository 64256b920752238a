/** Full-screen states around the pages. */

import { useSession } from "@shared/api/session";
import { useT } from "@shared/i18n";
import { Button } from "@shared/ui/button";
import { Mark } from "@shared/ui/logo";
import { Empty, Failure, Skeleton } from "@shared/ui/state";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { usePlatform } from "./platform";

/** The same spinner as in index.html, so that nothing jumps when React takes over. */
export function Boot() {
  return (
    <div aria-label="Croupier" id="boot" role="progressbar">
      <i />
    </div>
  );
}

function Centred({ children }: { children: ReactNode }) {
  return (
    <div className="grid min-h-screen place-items-center px-4 pt-[var(--sat)] pb-[var(--sab)]">
      <div className="flex flex-col items-center">
        <Mark size={48} />
        {children}
      </div>
    </div>
  );
}

export function botLink(username: string, start?: string): string {
  return `https://t.me/${username}${start ? `?start=${start}` : ""}`;
}

/** The init data is too old to sign in again: only Telegram can hand over new ones. */
export function Reopen() {
  const t = useT();
  const platform = usePlatform();
  const bot = useSession((state) => state.config?.bot_username);
  return (
    <Centred>
      <Empty
        action={
          bot && (
            <Button icon="send" onClick={() => platform.openTelegramLink(botLink(bot))}>
              {t("app-open-bot")}
            </Button>
          )
        }
        icon="lock"
        note={t("app-reopen-note")}
        title={t("app-reopen-title")}
      />
    </Centred>
  );
}

export function Unreachable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Centred>
      <Failure error={error} onRetry={onRetry} />
    </Centred>
  );
}

export function PageSkeleton() {
  return (
    <div className="mx-auto max-w-300 px-[var(--gutter)] pt-[var(--sat)]">
      <Skeleton className="my-2 h-10" />
      <Skeleton className="mt-4 h-56" />
      <Skeleton className="mt-4 h-40" />
    </div>
  );
}

export function Broken({ onReload }: { onReload: () => void }) {
  const t = useT();
  return (
    <Centred>
      <Empty
        action={
          <Button icon="refresh" onClick={onReload}>
            {t("app-reload")}
          </Button>
        }
        icon="warning"
        note={t("app-broken-note")}
        title={t("app-broken-title")}
      />
    </Centred>
  );
}

/** The last guard: a defect in one page leaves a way out. */
export class ErrorBoundary extends Component<
  { fallback: (reload: () => void) => ReactNode; children: ReactNode },
  { failed: boolean }
> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    reportError(new Error(`${error.message}${info.componentStack ?? ""}`, { cause: error }));
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return this.props.fallback(() => location.reload());
  }
}
