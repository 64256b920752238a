/** A provider's game in a frame, between a thin bar of ours and the way out. */

import { useAccount, useAmounts, useCurrency } from "@app/app/money";
import { useBack, useGo } from "@app/app/nav";
import { usePlatform } from "@app/app/platform";
import { botLink } from "@app/app/screens";
import { openSheet, useSheets } from "@app/app/sheets-store";
import { GameArt } from "@app/features/lobby/games";
import { remember } from "@app/features/lobby/recent";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import { accessToken, useSession } from "@shared/api/session";
import type { Game } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Button, IconButton } from "@shared/ui/button";
import { Coin } from "@shared/ui/coin";
import { Failure, Spinner } from "@shared/ui/state";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { exitOf, framable } from "./messages";

const WATCHDOG_MS = 15_000;

const ALLOW =
  "autoplay; fullscreen; screen-wake-lock; encrypted-media; clipboard-write; gyroscope; accelerometer";
// Never allow-top-navigation: a game must not take the player away.
const SANDBOX = [
  "allow-scripts",
  "allow-same-origin",
  "allow-forms",
  "allow-popups",
  "allow-popups-to-escape-sandbox",
  "allow-modals",
  "allow-orientation-lock",
  "allow-pointer-lock",
  "allow-storage-access-by-user-activation",
].join(" ");

type Mode = "real" | "demo";

export function ProviderGamePage({ id }: { id: string }) {
  const t = useT();
  const go = useGo();
  const game = useQuery({
    queryKey: keys.game(id),
    queryFn: () => call(api.GET("/api/v1/games/{game_id}", { params: { path: { game_id: id } } })),
  });
  const own = game.data?.own;
  useEffect(() => {
    remember(id);
  }, [id]);
  useEffect(() => {
    if (own === "dice") go("/dice", true);
  }, [own, go]);
  if (game.isError) {
    return (
      <Screen title={t("app-game")}>
        <Failure error={game.error} onRetry={() => void game.refetch()} />
      </Screen>
    );
  }
  if (!game.data || own) return <Screen title="">{<Opening game={null} />}</Screen>;
  return <Playing game={game.data} />;
}

/** The page behind the frame: it fills the window and does not scroll. */
function Screen({
  title,
  tools,
  children,
}: {
  title: string;
  tools?: ReactNode;
  children: ReactNode;
}) {
  const t = useT();
  const back = useBack();
  const platform = usePlatform();
  const full = useFullscreen();
  return (
    <div className="fixed inset-0 z-30 flex flex-col bg-page pt-[var(--sat)] pe-[var(--sar)] pb-[calc(var(--sab)+var(--lift))] ps-[var(--sal)]">
      <div className={cx("flex h-11 shrink-0 items-center gap-2 ps-3 pe-1", full && "hidden")}>
        <h1 className="min-w-0 flex-1 truncate text-body font-semibold">{title}</h1>
        {tools}
        {platform.fullscreen && (
          <IconButton
            icon="expand"
            label={t("app-fullscreen")}
            onClick={() => platform.fullscreen?.enter()}
            size={20}
          />
        )}
        <IconButton icon="close" label={t("app-leave-game")} onClick={back} />
      </div>
      <div className="relative min-h-0 flex-1">{children}</div>
    </div>
  );
}

function useFullscreen(): boolean {
  const platform = usePlatform();
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(platform.fullscreen?.isOn() ?? false);
    window.addEventListener("resize", look);
    document.addEventListener("fullscreenchange", look);
    return () => {
      window.removeEventListener("resize", look);
      document.removeEventListener("fullscreenchange", look);
      platform.fullscreen?.leave();
    };
  }, [platform]);
  return full;
}

function Playing({ game }: { game: Game }) {
  const currency = useCurrency()?.code ?? null;
  const [mode, setMode] = useState<Mode>("real");
  const [attempt, setAttempt] = useState(0);
  const relaunch = useCallback(() => setAttempt((n) => n + 1), []);
  const launch = useQuery({
    queryKey: keys.launch(game.id, currency ?? "", mode, attempt),
    queryFn: () =>
      call(
        api.POST("/api/v1/games/{game_id}/launch", {
          params: { path: { game_id: game.id } },
          body: { currency: currency ?? "", mode },
        }),
      ),
    enabled: currency !== null,
    // An address is good for one opening; another one needs another launch.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const session = launch.data?.session_id ?? null;
  useEndOnLeave(session);
  const tools = (
    <>
      {game.has_demo && <ModeSwitch mode={mode} onChange={setMode} />}
      {mode === "real" && <Balance />}
    </>
  );
  return (
    <Screen title={game.title} tools={tools}>
      {launch.isError ? (
        <div className="grid h-full place-items-center">
          <Failure error={launch.error} onRetry={relaunch} />
        </div>
      ) : launch.data && session && framable(launch.data.launch_url, location.href) ? (
        <Frame
          game={game}
          key={session}
          onRelaunch={relaunch}
          session={session}
          url={launch.data.launch_url}
        />
      ) : (
        <Opening game={game} />
      )}
    </Screen>
  );
}

/** Tells the house that the session is over; also when the page is closed. */
function useEndOnLeave(session: string | null): void {
  const ending = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (!session) return;
    clearTimeout(ending.current);
    const end = () => {
      const token = accessToken();
      if (!token) return;
      void fetch(`/api/v1/sessions/${encodeURIComponent(session)}/end`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}` },
        keepalive: true,
      }).catch(() => {});
    };
    window.addEventListener("pagehide", end);
    return () => {
      window.removeEventListener("pagehide", end);
      // A tick later, so that React's rehearsal of effects in development ends nothing.
      ending.current = setTimeout(end, 0);
    };
  }, [session]);
}

function Balance() {
  const code = useCurrency()?.code;
  const account = useAccount(code);
  const { glance } = useAmounts();
  if (!account) return null;
  const shown = glance(account.available, account.currency);
  return (
    <button
      className="press flex h-8 shrink-0 items-center gap-1.5 rounded-chip bg-surface px-2.5 text-caption font-semibold"
      data-testid="frame-balance"
      onClick={() => openSheet({ name: "wallet" })}
      type="button"
    >
      <Coin currency={account.currency} size={16} />
      <span className="animate-roll" key={shown}>
        {shown}
      </span>
    </button>
  );
}

function ModeSwitch({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  const t = useT();
  return (
    <button
      className="press h-8 shrink-0 rounded-chip bg-surface px-2.5 text-caption font-semibold text-muted"
      onClick={() => onChange(mode === "real" ? "demo" : "real")}
      type="button"
    >
      {t(mode === "real" ? "app-try-demo" : "app-play-real")}
    </button>
  );
}

interface FrameProps {
  game: Game;
  url: string;
  session: string;
  onRelaunch: () => void;
}

function Frame({ game, url, session, onRelaunch }: FrameProps) {
  const t = useT();
  const back = useBack();
  const queries = useQueryClient();
  const [loaded, setLoaded] = useState(false);
  const [late, setLate] = useState(false);
  const sentToWallet = useRef(false);
  const covered = useSheets((state) => state.stack.length > 0);

  useEffect(() => {
    const hear = (event: MessageEvent) => {
      const exit = exitOf(event, location.origin, session);
      if (!exit) return;
      void queries.invalidateQueries({ queryKey: keys.anyHistory });
      if (exit.to === "wallet") {
        sentToWallet.current = true;
        openSheet({ name: "wallet", tab: "deposit" });
      } else {
        back();
      }
    };
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  }, [session, back, queries]);

  // The game left its frame for the cashier: once that is closed, open the game anew.
  useEffect(() => {
    if (covered || !sentToWallet.current) return;
    sentToWallet.current = false;
    onRelaunch();
  }, [covered, onRelaunch]);

  useEffect(() => {
    if (loaded) return;
    const timer = setTimeout(() => setLate(true), WATCHDOG_MS);
    return () => clearTimeout(timer);
  }, [loaded]);

  return (
    <>
      <iframe
        allow={ALLOW}
        allowFullScreen
        className="h-full w-full border-0 bg-black"
        loading="eager"
        onLoad={() => setLoaded(true)}
        referrerPolicy="strict-origin"
        sandbox={SANDBOX}
        src={url}
        title={game.title}
      />
      {!loaded && !late && <Opening game={game} />}
      {!loaded && late && (
        <div className="absolute inset-0 grid place-items-center bg-page">
          <div className="flex max-w-72 flex-col gap-2.5 text-center">
            <p className="mb-1">{t("app-game-late")}</p>
            <Button icon="refresh" onClick={onRelaunch}>
              {t("app-retry")}
            </Button>
            <Report />
          </div>
        </div>
      )}
    </>
  );
}

function Report() {
  const t = useT();
  const platform = usePlatform();
  const bot = useSession((state) => state.config?.bot_username);
  if (!bot) return null;
  return (
    <Button
      icon="help"
      onClick={() => platform.openTelegramLink(botLink(bot, "support"))}
      tone="raised"
    >
      {t("app-support")}
    </Button>
  );
}

function Opening({ game }: { game: Game | null }) {
  const t = useT();
  return (
    <div className="absolute inset-0 grid place-items-center bg-page" role="status">
      <div className="flex flex-col items-center gap-5">
        {game && (
          <div className="h-50 w-38 overflow-hidden rounded-tile">
            <GameArt game={game} />
          </div>
        )}
        <p className="flex items-center gap-2.5 text-muted">
          <Spinner /> {game ? t("app-game-opening", { title: game.title }) : t("app-loading")}
        </p>
      </div>
    </div>
  );
}
