import { useAccount, useAmounts, useCurrencies } from "@app/app/money";
import { useGo } from "@app/app/nav";
import { usePlatform } from "@app/app/platform";
import { botLink } from "@app/app/screens";
import { openSheet } from "@app/app/sheets-store";
import { Shell } from "@app/app/shell";
import { api, call } from "@shared/api/client";
import { signOut, useSession } from "@shared/api/session";
import { useErrorText, useT, useTexts } from "@shared/i18n";
import { hash32 } from "@shared/lib/hash";
import { chooseTheme, type ThemeChoice, themeChoice } from "@shared/theme/apply";
import { Coin } from "@shared/ui/coin";
import { Icon } from "@shared/ui/icon";
import { Card, Row, SectionTitle, Segmented } from "@shared/ui/surface";
import { toast } from "@shared/ui/toast";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

export function ProfilePage() {
  const t = useT();
  const player = useSession((state) => state.player);
  const platform = usePlatform();
  const go = useGo();
  if (!player) return null;
  return (
    <Shell>
      <div className="mx-auto flex max-w-180 flex-col gap-6 pt-1">
        <Identity id={player.id} name={player.name} />
        <Balances />
        <section>
          <SectionTitle>{t("app-settings")}</SectionTitle>
          <Card className="flex flex-col gap-4 p-4">
            <Language chosen={player.language} />
            <Theme />
          </Card>
        </section>
        <section>
          <SectionTitle>{t("app-play-safe")}</SectionTitle>
          <Card className="py-1">
            <Row
              icon="shield"
              note={t("app-fairness-note")}
              onPress={() => go("/fairness")}
              title={t("app-fairness")}
            />
            <Row
              icon="document"
              note={t("app-rules-note")}
              onPress={() => openSheet({ name: "rules" })}
              title={t("app-rules")}
            />
            <BotRows />
          </Card>
        </section>
        {platform.kind === "browser" && (
          <Card className="py-1">
            <Row icon="lock" onPress={signOut} title={t("app-sign-out")} />
          </Card>
        )}
      </div>
    </Shell>
  );
}

function Identity({ id, name }: { id: string; name: string }) {
  const t = useT();
  const surface = useSession((state) => state.player?.surface);
  const hue = hash32(id) % 360;
  return (
    <Card className="flex items-center gap-4 p-4">
      <span
        className="grid size-16 shrink-0 place-items-center rounded-chip text-h1 font-bold text-white"
        style={{
          background: `linear-gradient(135deg, hsl(${hue} 62% 42%), hsl(${hue + 40} 68% 34%))`,
        }}
      >
        {name.trim().slice(0, 1).toUpperCase() || <Icon name="profile" />}
      </span>
      <div className="min-w-0">
        <h1 className="truncate text-h1 font-bold">{name}</h1>
        <p className="text-caption text-muted select-text">
          {t("app-player-id", { id })}
          {surface === "telegram" && " · Telegram"}
        </p>
      </div>
    </Card>
  );
}

function Balances() {
  const t = useT();
  const currencies = useCurrencies();
  return (
    <section>
      <SectionTitle
        action={
          <button
            className="press -my-2 flex h-11 items-center gap-1 text-caption font-semibold text-info"
            onClick={() => openSheet({ name: "wallet" })}
            type="button"
          >
            {t("app-deposit")}
            <Icon name="next" size={16} />
          </button>
        }
      >
        {t("app-balances")}
      </SectionTitle>
      <div className="grid grid-cols-2 gap-2.5 sm:grid-cols-3">
        {currencies.map(({ code }) => (
          <BalanceCard code={code} key={code} />
        ))}
      </div>
    </section>
  );
}

function BalanceCard({ code }: { code: string }) {
  const account = useAccount(code);
  const { glance } = useAmounts();
  return (
    <Card className="p-3.5">
      <span className="flex items-center gap-2 text-caption text-muted">
        <Coin currency={code} size={18} />
        {code}
      </span>
      <span className="mt-1 block text-h2 font-semibold">
        {account ? glance(account.available, code) : "–"}
      </span>
    </Card>
  );
}

function Setting({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <span className="font-medium">{label}</span>
      <div className="min-w-52 flex-1 sm:flex-none">{children}</div>
    </div>
  );
}

const LANGUAGE_NAMES: Record<string, string> = { en: "English", ru: "Русский" };

function Language({ chosen }: { chosen: string }) {
  const t = useT();
  const words = useErrorText();
  const shown = useTexts((state) => state.language);
  const offered = useSession((state) => state.config?.languages) ?? [];
  const change = useMutation({
    mutationFn: (language: string) => call(api.PATCH("/api/v1/me", { body: { language } })),
    onSuccess: (player) => useSession.setState({ player }),
    onError: (error) => toast(words(error), "lose"),
  });
  return (
    <Setting label={t("app-language")}>
      <Segmented
        label={t("app-language")}
        onChange={(language) => language !== chosen && change.mutate(language)}
        options={offered
          .filter((code) => code in LANGUAGE_NAMES)
          .map((code) => ({ value: code, label: LANGUAGE_NAMES[code] }))}
        value={change.isPending ? (change.variables ?? shown) : shown}
      />
    </Setting>
  );
}

function Theme() {
  const t = useT();
  const platform = usePlatform();
  const [choice, setChoice] = useState(themeChoice);
  const choose = (next: ThemeChoice) => {
    chooseTheme(next);
    setChoice(next);
  };
  return (
    <Setting label={t("app-theme")}>
      <Segmented<ThemeChoice>
        label={t("app-theme")}
        onChange={choose}
        options={[
          {
            value: "auto",
            label: platform.kind === "telegram" ? "Telegram" : t("app-theme-system"),
          },
          { value: "night", label: t("app-theme-night") },
        ]}
        value={choice}
      />
    </Setting>
  );
}

/** Limits, help and privacy are kept in the chat, where a person can answer. */
function BotRows() {
  const t = useT();
  const platform = usePlatform();
  const bot = useSession((state) => state.config?.bot_username);
  if (!bot) return null;
  const row = (icon: "gauge" | "help" | "lock", start: string, title: string, note: string) => (
    <Row
      external
      icon={icon}
      note={note}
      onPress={() => platform.openTelegramLink(botLink(bot, start))}
      title={title}
    />
  );
  return (
    <>
      {row("gauge", "limits", t("app-limits"), t("app-limits-note"))}
      {row("help", "help", t("app-help"), t("app-help-note"))}
      {row("lock", "privacy", t("app-privacy"), t("app-privacy-note"))}
    </>
  );
}
