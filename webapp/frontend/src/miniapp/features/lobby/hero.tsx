/** The first thing in the lobby: only what really exists, and what it is good for. */

import { useAmounts } from "@app/app/money";
import { useGo } from "@app/app/nav";
import { openSheet } from "@app/app/sheets-store";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Game } from "@shared/api/types";
import { useT, useTexts } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { formatDecimal, trimZeros } from "@shared/money/decimal";
import { Art } from "@shared/ui/art";
import { Coin } from "@shared/ui/coin";
import { Icon } from "@shared/ui/icon";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";

interface SlideProps {
  title: string;
  note: string;
  action: string;
  onPress: () => void;
  backdrop: ReactNode;
}

function Slide({ title, note, action, onPress, backdrop }: SlideProps) {
  return (
    <button
      className="press relative h-33 w-full overflow-hidden rounded-card text-start text-white lg:h-42"
      onClick={onPress}
      type="button"
    >
      <span className="absolute inset-0">{backdrop}</span>
      <span className="absolute inset-0 bg-linear-to-r from-black/55 to-transparent" />
      <span className="relative flex h-full max-w-[72%] flex-col justify-center px-4">
        <span className="text-body font-bold text-balance xs:text-h2">{title}</span>
        <span className="mt-0.5 line-clamp-2 text-caption text-white/85 text-pretty">{note}</span>
        <span className="mt-2.5 inline-flex h-8 items-center gap-1 self-start rounded-chip bg-white px-3 text-caption font-semibold text-black">
          {action}
          <Icon name="next" size={14} />
        </span>
      </span>
    </button>
  );
}

function CoinBackdrop({ currency }: { currency: string }) {
  return (
    <span className="block h-full w-full bg-linear-to-tr from-[#0a2f6b] to-[#2f8fe0]">
      <span className="absolute -end-4 top-1/2 -translate-y-1/2 rotate-12 opacity-95">
        <Coin currency={currency} size={128} />
      </span>
    </span>
  );
}

function ShieldBackdrop() {
  return (
    <span className="block h-full w-full bg-linear-to-tr from-[#2a1a6b] to-[#7d5bff]">
      <Icon
        className="absolute -end-5 top-1/2 -translate-y-1/2 text-white/75"
        name="shield"
        size={140}
      />
    </span>
  );
}

export function Hero({ dice }: { dice: Game | undefined }) {
  const t = useT();
  const go = useGo();
  const language = useTexts((state) => state.language);
  const { full } = useAmounts();
  const row = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const methods = useQuery({
    queryKey: keys.depositMethods,
    queryFn: () => call(api.GET("/api/v1/deposit/methods")),
    select: ({ methods: all }) => all,
  });
  const transfer = methods.data?.find((m) => m.method === "memo");
  const slides: ReactNode[] = [];
  if (dice) {
    slides.push(
      <Slide
        action={t("app-hero-dice-action")}
        backdrop={<Art category="instant" shape="wide" slug="dice" title="dice" />}
        key="dice"
        note={
          dice.rtp === null
            ? t("app-hero-dice-note-plain")
            : t("app-hero-dice-note", { rtp: formatDecimal(trimZeros(dice.rtp), language) })
        }
        onPress={() => go("/dice")}
        title={t("app-hero-dice-title")}
      />,
    );
  }
  if (transfer) {
    slides.push(
      <Slide
        action={t("app-deposit")}
        backdrop={<CoinBackdrop currency={transfer.currency} />}
        key="deposit"
        note={t("app-hero-deposit-note", {
          amount: full(transfer.minimum, transfer.currency, { padding: 0 }),
        })}
        onPress={() => openSheet({ name: "wallet", tab: "deposit" })}
        title={t("app-hero-deposit-title", { currency: transfer.currency })}
      />,
    );
  }
  slides.push(
    <Slide
      action={t("app-hero-fair-action")}
      backdrop={<ShieldBackdrop />}
      key="fair"
      note={t("app-hero-fair-note")}
      onPress={() => go("/fairness")}
      title={t("app-hero-fair-title")}
    />,
  );
  const look = () => {
    const box = row.current;
    if (box)
      setAt(
        Math.round(
          (box.scrollLeft / (box.scrollWidth - box.clientWidth || 1)) * (slides.length - 1),
        ),
      );
  };
  return (
    <section aria-label={t("app-hero")} className="pt-1">
      <div className="rail" onScroll={look} ref={row}>
        {slides.map((slide, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: slides never change places
          <div className="w-full sm:w-[calc(50%-5px)] xl:w-[calc(33.333%-7px)]" key={i}>
            {slide}
          </div>
        ))}
      </div>
      <div aria-hidden="true" className="mt-2 flex justify-center gap-1.5 sm:hidden">
        {slides.map((_, i) => (
          <span
            className={cx(
              "h-1.5 rounded-chip transition-all",
              i === at ? "w-4 bg-accent" : "w-1.5 bg-line",
            )}
            // biome-ignore lint/suspicious/noArrayIndexKey: dots are nothing but their places
            key={i}
          />
        ))}
      </div>
    </section>
  );
}
