/** Header, bottom bar, left rail and the thin lines between them. */

import { useSession } from "@shared/api/session";
import { useT } from "@shared/i18n";
import type { MessageId } from "@shared/i18n/ids";
import { cx } from "@shared/lib/cx";
import { IconButton } from "@shared/ui/button";
import { Coin } from "@shared/ui/coin";
import { Icon, type IconName } from "@shared/ui/icon";
import { Mark, Wordmark } from "@shared/ui/logo";
import { Spinner } from "@shared/ui/state";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { useLocation } from "wouter";
import { useLive } from "./live";
import { useAccount, useAmounts, useCurrency } from "./money";
import { Link, useBack, useBackButton, useScrollToTop } from "./nav";
import { usePlatform } from "./platform";
import { openSheet } from "./sheets-store";

const RECONNECT_SHOWN_AFTER_MS = 2_000;

interface Place {
  to: string;
  icon: IconName;
  label: MessageId;
}

const HOME: Place = { to: "/", icon: "home", label: "app-nav-home" };
const HISTORY: Place = { to: "/history", icon: "history", label: "app-nav-history" };
const PROFILE: Place = { to: "/profile", icon: "profile", label: "app-nav-profile" };

/** `tight`: beside a title, which on a phone needs the room more. */
export function BalancePill({ tight }: { tight: boolean }) {
  const t = useT();
  const currency = useCurrency();
  const account = useAccount(currency?.code);
  const { glance } = useAmounts();
  const shown = account && glance(account.available, account.currency);
  return (
    <div className="flex h-10 min-w-0 items-center rounded-control bg-surface lg:bg-raised">
      <button
        aria-label={t("app-balance-open")}
        className="press flex h-11 min-w-0 items-center gap-2 ps-3 pe-2"
        data-testid="balance"
        onClick={() => openSheet({ name: "currency" })}
        type="button"
      >
        {currency && <Coin currency={currency.code} size={18} />}
        <span className="flex items-baseline gap-1 overflow-hidden whitespace-nowrap">
          {shown === null || shown === undefined ? (
            <span className="animate-breathe h-4 w-14 rounded-chip bg-raised" />
          ) : (
            <span
              className={cx("animate-roll font-semibold", shown.length > 11 && "text-caption")}
              key={shown}
            >
              {shown}
            </span>
          )}
          <span className={cx("text-caption text-muted", tight && "hidden sm:inline")}>
            {currency?.code}
          </span>
        </span>
        <Icon className="shrink-0 text-muted" name="down" size={16} />
      </button>
      <button
        aria-label={t("app-deposit")}
        className={cx(
          "press me-1 inline-flex h-8 shrink-0 items-center gap-1 rounded-[9px] bg-accent px-2 text-caption font-semibold text-on-accent",
          tight ? "sm:px-3" : "xs:px-3",
        )}
        data-testid="deposit"
        onClick={() => openSheet({ name: "wallet", tab: "deposit" })}
        type="button"
      >
        <Icon className={tight ? "sm:hidden" : "xs:hidden"} name="plus" size={18} />
        <span className={cx("hidden", tight ? "sm:inline" : "xs:inline")}>{t("app-deposit")}</span>
      </button>
    </div>
  );
}

export function ModeBadge() {
  const t = useT();
  const mode = useSession((state) => state.config?.mode);
  if (mode === undefined || mode === "live") return null;
  return (
    <span className="rounded-chip bg-gold-soft px-2 py-0.5 text-micro font-semibold text-gold uppercase">
      {t(mode === "demo" ? "app-mode-demo" : "app-mode-testnet")}
    </span>
  );
}

/** After two seconds without a line, say so; a flicker is not worth a word. */
function ReconnectBar() {
  const t = useT();
  const status = useLive((state) => state.status);
  const [late, setLate] = useState(false);
  const away = status === "waiting" || status === "connecting";
  useEffect(() => {
    if (!away) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), RECONNECT_SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [away]);
  if (!late) return null;
  return (
    <div
      className="animate-fade flex h-8 items-center justify-center gap-2 bg-gold-soft text-caption font-medium text-gold"
      role="status"
    >
      <Spinner size={14} />
      {t("app-reconnecting")}
    </div>
  );
}

function useScrolled(): boolean {
  const [scrolled, setScrolled] = useState(false);
  useEffect(() => {
    const look = () => setScrolled(window.scrollY > 4);
    look();
    window.addEventListener("scroll", look, { passive: true });
    return () => window.removeEventListener("scroll", look);
  }, []);
  return scrolled;
}

export function Header({ title }: { title?: ReactNode }) {
  const t = useT();
  const platform = usePlatform();
  const back = useBack();
  const scrolled = useScrolled();
  return (
    <header
      className={cx(
        "sticky top-0 z-20 border-b bg-page pt-[var(--sat)]",
        scrolled ? "border-line" : "border-transparent",
      )}
    >
      <div className="mx-auto flex h-14 max-w-300 items-center gap-2 px-[var(--gutter)]">
        {title === undefined ? (
          <Link aria-label="Croupier" className="flex items-center gap-2.5" root to="/">
            <span className="lg:hidden">
              <Mark />
            </span>
            <span className="hidden sm:inline lg:hidden">
              <Wordmark />
            </span>
            <span className="hidden sm:inline">
              <ModeBadge />
            </span>
          </Link>
        ) : (
          <>
            {!platform.hasBackButton && (
              <IconButton className="-ms-3" icon="back" label={t("app-back")} onClick={back} />
            )}
            <h1 className="min-w-0 truncate text-h2 font-bold">{title}</h1>
          </>
        )}
        <span className="flex-1" />
        <BalancePill tight={title !== undefined} />
      </div>
      <ReconnectBar />
    </header>
  );
}

function useKeyboardOpen(): boolean {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const typing = (target: EventTarget | null) =>
      target instanceof HTMLInputElement && target.type !== "range" && target.type !== "checkbox";
    const onIn = (event: FocusEvent) => setOpen(typing(event.target) && "ontouchstart" in window);
    const onOut = () => setOpen(false);
    document.addEventListener("focusin", onIn);
    document.addEventListener("focusout", onOut);
    return () => {
      document.removeEventListener("focusin", onIn);
      document.removeEventListener("focusout", onOut);
    };
  }, []);
  return open;
}

const barItem =
  "press flex flex-1 flex-col items-center justify-center gap-0.5 text-micro font-medium";

function BottomBar() {
  const t = useT();
  const [location] = useLocation();
  const keyboard = useKeyboardOpen();
  if (keyboard) return null;
  const item = ({ to, icon, label }: Place) => (
    <Link
      aria-current={location === to ? "page" : undefined}
      className={cx(barItem, location === to ? "text-accent" : "text-muted")}
      key={to}
      root
      to={to}
    >
      <Icon name={icon} size={22} />
      {t(label)}
    </Link>
  );
  return (
    <nav
      aria-label={t("app-nav")}
      className="fixed inset-x-0 bottom-[var(--lift)] z-20 border-t border-line bg-surface pb-[var(--sab)] lg:hidden"
    >
      <div className="mx-auto flex h-14 max-w-150">
        {item(HOME)}
        <button
          className={cx(barItem, "text-muted")}
          onClick={() => openSheet({ name: "wallet" })}
          type="button"
        >
          <Icon name="wallet" size={22} />
          {t("app-nav-wallet")}
        </button>
        {item(HISTORY)}
        {item(PROFILE)}
      </div>
    </nav>
  );
}

const WIDE = "(min-width: 1024px)";

function useWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(WIDE);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => matchMedia(WIDE).matches,
  );
}

function SideRail() {
  const t = useT();
  const [location] = useLocation();
  const entry =
    "press flex h-11 items-center gap-3 rounded-control px-3 text-body font-medium w-full";
  const item = ({ to, icon, label }: Place) => (
    <Link
      aria-current={location === to ? "page" : undefined}
      className={cx(entry, location === to ? "bg-raised text-fg" : "text-muted hover:text-fg")}
      key={to}
      root
      to={to}
    >
      <Icon name={icon} size={22} />
      {t(label)}
    </Link>
  );
  return (
    <aside className="sticky top-0 flex h-screen w-58 shrink-0 flex-col border-e border-line bg-surface px-3 py-2">
      <Link className="mb-4 flex h-12 items-center gap-3 px-2" root to="/">
        <Mark />
        <Wordmark />
      </Link>
      <nav aria-label={t("app-nav")} className="flex flex-col gap-1">
        {item(HOME)}
        <button
          className={cx(entry, "text-muted hover:text-fg")}
          onClick={() => openSheet({ name: "wallet" })}
          type="button"
        >
          <Icon name="wallet" size={22} />
          {t("app-nav-wallet")}
        </button>
        {item(HISTORY)}
        {item(PROFILE)}
        <hr className="my-2 border-line" />
        {item({ to: "/dice", icon: "dice", label: "game-dice-title" })}
        {item({ to: "/fairness", icon: "shield", label: "app-fairness" })}
      </nav>
    </aside>
  );
}

interface ShellProps {
  /** Replaces the logo; the page is one step below a place of the bottom bar. */
  title?: ReactNode;
  /** Game pages have no bottom bar. */
  bar?: boolean;
  children: ReactNode;
}

export function Shell({ title, bar = true, children }: ShellProps) {
  return (
    <>
      <Header title={title} />
      <main
        className={cx(
          "animate-fade mx-auto w-full max-w-300 px-[var(--gutter)]",
          bar ? "pb-[calc(var(--bar)+var(--sab)+24px)] lg:pb-10" : "pb-[var(--sab)]",
        )}
      >
        {children}
      </main>
      {bar && <BottomBar />}
    </>
  );
}

/** What surrounds every page of a signed-in player. */
export function Frame({ children }: { children: ReactNode }) {
  useBackButton();
  useScrollToTop();
  const wide = useWide();
  return (
    <div className="flex min-h-screen ps-[var(--sal)] pe-[var(--sar)]">
      {wide && <SideRail />}
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
