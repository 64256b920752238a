/** A provider's game in a frame, between a thin bar of ours and the way out. */

import { useAccount, useAmounts, useCurrency } from "@app/app/money";
import { useBack, useGo } from "@app/app/nav";
import { gameClosed, gameOpened, useOpenGame } from "@app/app/open-game";
import { usePlatform } from "@app/app/platform";
import { useUnavailable } from "@app/app/providers";
import { botLink } from "@app/app/screens";
import { openSheet, useSheets } from "@app/app/sheets-store";
import { GameArt } from "@app/features/lobby/games";
import { tablesPath } from "@app/features/lobby/paths";
import { remember } from "@app/features/lobby/recent";
import { api, call } from "@shared/api/client";
import { asApiError } from "@shared/api/errors";
import { keys } from "@shared/api/keys";
import { accessToken, useSession } from "@shared/api/session";
import type { Game, GameLaunch } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Button, IconButton } from "@shared/ui/button";
import { Coin } from "@shared/ui/coin";
import { Empty, Failure, Spinner } from "@shared/ui/state";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useSearch } from "wouter";
import { CurrencyChoice, useFitting, useTaken } from "./currency";
import { allowOf, sandboxOf } from "./frame";
import { exitOf, framable } from "./messages";
import { Refused } from "./refused";

const CutDialog = lazy(() => import("./cut").then((m) => ({ default: m.CutDialog })));

const WATCHDOG_MS = 15_000;
const ASK_AGAIN_MS = 15_000;

type Mode = "real" | "demo";

function isAway(error: unknown): boolean {
  return error !== null && asApiError(error).code === "provider-unavailable";
}

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
  const go = useGo();
  const asked = new URLSearchParams(useSearch());
  const [mode, setMode] = useState<Mode>(asked.get("mode") === "demo" ? "demo" : "real");
  // A demo has no table.
  const table = mode === "real" ? asked.get("table") : null;
  const seatless = game.has_tables === true && mode === "real" && table === null;
  useEffect(() => {
    if (seatless) go(tablesPath(game.id), true);
  }, [seatless, game.id, go]);
  const chosen = useCurrency();
  const fitting = useFitting(game);
  const taken = useTaken(game);
  // A demo is played with no balance at all.
  const currency = fitting ?? (mode === "demo" ? (taken[0]?.code ?? null) : null);
  const [attempt, setAttempt] = useState(0);
  const relaunch = useCallback(() => setAttempt((n) => n + 1), []);
  const away = useUnavailable(game.provider);
  const launch = useQuery({
    queryKey: keys.launch(game.id, currency ?? "", mode, table, attempt),
    queryFn: () =>
      call(
        api.POST("/api/v1/games/{game_id}/launch", {
          params: { path: { game_id: game.id } },
          body: { currency: currency ?? "", mode, table },
        }),
      ),
    // Back again, it opens by itself.
    enabled: currency !== null && !seatless && !away,
    refetchInterval: ({ state }) => (isAway(state.error) ? ASK_AGAIN_MS : false),
    // An address is good for one opening; another one needs another launch.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const session = launch.data?.session_id ?? null;
  useEndOnLeave(session);
  useToldOfCuts(mode === "real" ? session : null);
  const cut = useOpenGame((state) => (state.session === session ? state.cut : null));
  const tools = (
    <>
      {game.has_demo && <ModeSwitch mode={mode} onChange={setMode} />}
      {mode === "real" && fitting !== null && <Balance />}
    </>
  );
  return (
    <Screen title={game.title} tools={tools}>
      {cut !== null ? (
        <Suspense fallback={null}>
          <CutDialog reason={cut} />
        </Suspense>
      ) : chosen !== null && currency === null ? (
        <div className="h-full overflow-y-auto p-[var(--gutter)]">
          <CurrencyChoice game={game} />
        </div>
      ) : !session && !launch.isFetching && (away || isAway(launch.error)) ? (
        <Away onRetry={() => void launch.refetch()} title={game.title} />
      ) : launch.isError && !launch.isFetching ? (
        <div className="grid h-full place-items-center">
          <Refused error={launch.error} game={game} onRetry={relaunch} />
        </div>
      ) : launch.data && session && framable(launch.data.launch_url, location.href) ? (
        <Frame game={game} key={session} launch={launch.data} onRelaunch={relaunch} />
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

/** Has the house's word that this session is over reach this page. Demo games have no session. */
function useToldOfCuts(session: string | null): void {
  useEffect(() => {
    if (!session) return;
    gameOpened(session);
    return () => gameClosed(session);
  }, [session]);
}

function Away({ title, onRetry }: { title: string; onRetry: () => void }) {
  const t = useT();
  return (
    <div className="grid h-full place-items-center" role="status">
      <Empty
        action={
          <Button icon="refresh" onClick={onRetry}>
            {t("app-retry")}
          </Button>
        }
        icon="clock"
        note={t("app-unavailable-note")}
        title={t("app-unavailable-title", { title })}
      />
    </div>
  );
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
  launch: GameLaunch;
  onRelaunch: () => void;
}

function Frame({ game, launch, onRelaunch }: FrameProps) {
  const { launch_url: url, session_id: session } = launch;
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
        allow={allowOf(launch.allow)}
        allowFullScreen
        className="h-full w-full border-0 bg-black"
        loading="eager"
        onLoad={() => setLoaded(true)}
        referrerPolicy="strict-origin"
        sandbox={sandboxOf(launch.sandbox)}
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
