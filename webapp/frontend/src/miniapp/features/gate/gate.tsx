/** Age and terms, once, before anything else. */

import { usePlatform } from "@app/app/platform";
import { SheetHost } from "@app/app/sheets";
import { openSheet } from "@app/app/sheets-store";
import { api, call } from "@shared/api/client";
import { useSession } from "@shared/api/session";
import type { Player } from "@shared/api/types";
import { useErrorText, useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Button } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";
import { Mark } from "@shared/ui/logo";
import { Banner } from "@shared/ui/surface";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

export function Gate({ player }: { player: Player }) {
  const t = useT();
  const words = useErrorText();
  const platform = usePlatform();
  const mode = useSession((state) => state.config?.mode);
  const [adult, setAdult] = useState(false);
  const [agreed, setAgreed] = useState(false);
  const accept = useMutation({
    mutationFn: () =>
      call(api.POST("/api/v1/me/terms", { body: { adult: true, accepted: true } })),
    onSuccess(accepted) {
      platform.notify("success");
      useSession.setState({ player: accepted });
    },
    onError: () => platform.notify("error"),
  });
  return (
    <div className="mx-auto flex min-h-screen max-w-110 flex-col px-5 pt-[calc(var(--sat)+28px)] pb-[calc(var(--sab)+var(--lift)+20px)]">
      <div className="flex flex-1 flex-col items-center justify-center text-center">
        <Emblem />
        <h1 className="mt-6 text-h1 font-bold text-balance">
          {t("app-gate-title", { name: player.name })}
        </h1>
        <p className="mt-2 max-w-80 text-muted text-pretty">
          {t(mode === "demo" ? "app-gate-note-demo" : "app-gate-note")}
        </p>
      </div>
      <div className="mt-6 flex flex-col gap-2.5">
        <Tick on={adult} onChange={setAdult} testId="adult">
          {t("app-gate-adult")}
        </Tick>
        <Tick on={agreed} onChange={setAgreed} testId="terms">
          {t("app-gate-terms")}
        </Tick>
        <button
          className="press flex h-11 items-center justify-center gap-1.5 text-caption font-semibold text-info"
          onClick={() => openSheet({ name: "rules" })}
          type="button"
        >
          <Icon name="document" size={18} />
          {t("app-gate-read")}
        </button>
        {accept.error && (
          <Banner icon="warning" tone="lose">
            {words(accept.error)}
          </Banner>
        )}
        <Button
          data-testid="enter"
          disabled={!adult || !agreed}
          onClick={() => accept.mutate()}
          pending={accept.isPending}
          size="cta"
          tone="win"
          wide
        >
          {t("app-gate-enter")}
        </Button>
      </div>
      <SheetHost />
    </div>
  );
}

function Emblem() {
  return (
    <div className="relative grid size-40 place-items-center">
      <svg aria-hidden="true" className="absolute inset-0" viewBox="0 0 160 160">
        <circle cx="80" cy="80" fill="var(--surface)" r="78" />
        <circle cx="80" cy="80" fill="none" r="70" stroke="var(--line)" strokeWidth="2" />
        <circle
          cx="80"
          cy="80"
          fill="none"
          r="74"
          stroke="var(--win)"
          strokeDasharray="26 32.1"
          strokeWidth="8"
        />
      </svg>
      <div className="relative flex flex-col items-center gap-1">
        <Mark size={60} />
        <span className="text-h2 font-extrabold">18+</span>
      </div>
    </div>
  );
}

interface TickProps {
  on: boolean;
  onChange: (on: boolean) => void;
  testId: string;
  children: ReactNode;
}

function Tick({ on, onChange, testId, children }: TickProps) {
  const platform = usePlatform();
  return (
    <label
      className={cx(
        "press flex min-h-14 cursor-pointer items-center gap-3 rounded-card border bg-surface px-4 py-3",
        on ? "border-win" : "border-line",
      )}
    >
      <input
        checked={on}
        className="peer sr-only"
        data-testid={testId}
        onChange={(event) => {
          platform.selection();
          onChange(event.target.checked);
        }}
        type="checkbox"
      />
      <span
        className={cx(
          "grid size-6 shrink-0 place-items-center rounded-[7px] border-2 peer-focus-visible:outline-2 peer-focus-visible:outline-accent",
          on ? "border-win-fill bg-win-fill text-on-win" : "border-faint text-transparent",
        )}
      >
        <Icon name="check" size={16} />
      </span>
      <span className="text-start text-body">{children}</span>
    </label>
  );
}
