/** Outside Telegram, with nobody signed in: what this is, and the way in. */

import { usePlatform } from "@app/app/platform";
import { botLink } from "@app/app/screens";
import { signInAsDemo, useSession } from "@shared/api/session";
import { asLanguage, switchLanguage, useErrorText, useT, useTexts } from "@shared/i18n";
import type { MessageId } from "@shared/i18n/ids";
import { Art } from "@shared/ui/art";
import { Button } from "@shared/ui/button";
import { Icon, type IconName } from "@shared/ui/icon";
import { Mark, Wordmark } from "@shared/ui/logo";
import { Banner } from "@shared/ui/surface";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";

const promises: readonly { icon: IconName; title: MessageId; note: MessageId }[] = [
  { icon: "wallet", title: "app-land-wallet", note: "app-land-wallet-note" },
  { icon: "shield", title: "app-land-fair", note: "app-land-fair-note" },
  { icon: "bolt", title: "app-land-fast", note: "app-land-fast-note" },
];

export function Landing() {
  const t = useT();
  return (
    <div className="min-h-screen overflow-x-hidden pt-[var(--sat)] pb-[var(--sab)]">
      <div className="mx-auto flex max-w-280 flex-col px-[var(--gutter)]">
        <header className="flex h-16 items-center gap-2.5">
          <Mark />
          <Wordmark />
          <span className="flex-1" />
          <LanguageSwitch />
        </header>
        <main className="grid items-center gap-8 pt-4 pb-10 lg:min-h-[70vh] lg:grid-cols-[1.05fr_1fr] lg:gap-12">
          <div className="flex flex-col items-center text-center lg:items-start lg:text-start">
            <h1 className="text-[34px] leading-[38px] font-extrabold tracking-tight text-balance lg:text-[52px] lg:leading-[56px]">
              {t("app-land-title")}
            </h1>
            <p className="mt-3 max-w-110 text-h2 text-muted text-pretty">{t("app-land-note")}</p>
            <Ways />
          </div>
          <Showcase />
        </main>
        <section className="grid gap-2.5 pb-8 sm:grid-cols-3">
          {promises.map(({ icon, title, note }) => (
            <div className="rounded-card bg-surface p-4" key={title}>
              <span className="grid size-11 place-items-center rounded-control bg-win-soft text-win">
                <Icon name={icon} size={22} />
              </span>
              <h2 className="mt-3 font-semibold">{t(title)}</h2>
              <p className="mt-1 text-caption text-muted text-pretty">{t(note)}</p>
            </div>
          ))}
        </section>
        <p className="flex items-center justify-center gap-2 pb-8 text-center text-micro text-faint">
          <span className="grid size-7 shrink-0 place-items-center rounded-chip border-2 border-line font-bold">
            18+
          </span>
          {t("app-footer-note")}
        </p>
      </div>
    </div>
  );
}

function LanguageSwitch() {
  const shown = useTexts((state) => state.language);
  const offered = useSession((state) => state.config?.languages) ?? [];
  const next = asLanguage(offered.find((code) => code !== shown));
  if (!next) return null;
  return (
    <button
      className="press flex h-11 items-center gap-1.5 px-2 text-caption font-semibold text-muted uppercase"
      onClick={() => void switchLanguage(next)}
      type="button"
    >
      <Icon name="globe" size={18} />
      {next}
    </button>
  );
}

function Ways() {
  const t = useT();
  const words = useErrorText();
  const platform = usePlatform();
  const config = useSession((state) => state.config);
  const demo = useMutation({ mutationFn: signInAsDemo });
  const bot = config?.bot_username;
  return (
    <div className="mt-6 flex w-full max-w-90 flex-col gap-2.5">
      {config?.demo_sign_in && (
        <Button
          data-testid="demo"
          onClick={() => demo.mutate()}
          pending={demo.isPending}
          size="cta"
          tone="win"
          wide
        >
          {t("app-land-demo")}
        </Button>
      )}
      {bot && (
        <Button
          icon="send"
          onClick={() => platform.openTelegramLink(botLink(bot))}
          size="cta"
          tone={config?.demo_sign_in ? "raised" : "accent"}
          wide
        >
          {t("app-land-telegram")}
        </Button>
      )}
      {demo.error && (
        <Banner icon="warning" tone="lose">
          {words(demo.error)}
        </Banner>
      )}
      {config && !bot && !config.demo_sign_in && (
        <Banner icon="help" tone="gold">
          {t("app-land-no-bot")}
        </Banner>
      )}
      {config?.mode === "demo" && (
        <p className="text-center text-caption text-muted">{t("app-land-play-money")}</p>
      )}
    </div>
  );
}

/** Three tiles of our own art, fanned like cards. */
function Showcase() {
  const tile =
    "absolute left-1/2 top-1/2 h-50 w-38 overflow-hidden rounded-tile border border-white/15 lg:h-70 lg:w-53";
  const card = (slug: string, place: string): ReactNode => (
    <div className={`${tile} ${place}`}>
      <Art category="slots" slug={slug} title={slug} />
    </div>
  );
  return (
    <div aria-hidden="true" className="relative h-60 lg:h-100">
      {card("slots", "-translate-x-[112%] -translate-y-[46%] -rotate-12")}
      {card("roulette", "translate-x-[12%] -translate-y-[46%] rotate-12")}
      {card("dice", "-translate-x-1/2 -translate-y-1/2")}
    </div>
  );
}
