/** A Telegram client. Each step survives the failure of the next: old clients know little. */

import {
  backButton,
  closingBehavior,
  hapticFeedback,
  init,
  miniApp,
  openLink,
  openTelegramLink,
  retrieveRawLaunchParams,
  settingsButton,
  swipeBehavior,
  themeParams,
  viewport,
} from "@tma.js/sdk-react";
import { onTheme, setTelegramColours } from "../theme/apply";
import type { TelegramColours } from "../theme/derive";
import { type Launch, readLaunch } from "./launch";
import type { Platform } from "./platform";

const SELECTION_PAUSE_MS = 60;
// iOS reports a height of one pixel while its keyboard opens.
const HEIGHT_MIN_PX = 200;
const HAPTIC_CLIENTS = new Set(["android", "android_x", "ios"]);

/** Where the SDK keeps launch parameters over a reload; its version is pinned. */
const SDK_STORED = "tapps/launchParams";
const STORED = "croupier:launch";

/**
 * Launch parameters from the address, the first address of this page load, or an earlier load of
 * this tab. Read by ourselves: the SDK insists on fields that some init data lack, and would
 * believe that it is outside Telegram.
 */
export function detectLaunch(): Launch | null {
  const [navigation] = performance.getEntriesByType("navigation");
  const sources = [
    location.href,
    navigation?.name ?? "",
    `#${sessionStorage.getItem(STORED) ?? ""}`,
  ];
  for (const source of sources) {
    const raw = source.slice(source.indexOf("#") + 1);
    const launch = source.includes("#") ? readLaunch(raw) : null;
    if (!launch) continue;
    sessionStorage.setItem(STORED, raw);
    helpSdk(raw);
    return launch;
  }
  return null;
}

function helpSdk(raw: string): void {
  try {
    retrieveRawLaunchParams();
  } catch {
    const params = new URLSearchParams(raw);
    params.delete("tgWebAppData");
    sessionStorage.setItem(SDK_STORED, JSON.stringify(params.toString()));
  }
}

function attempt(step: () => unknown): void {
  try {
    const result = step();
    if (result instanceof Promise) result.catch(() => {});
  } catch {
    // The client is too old for this step, or answered nonsense: the app works without it.
  }
}

export function telegramPlatform(launch: Launch): Platform {
  attempt(() => init());
  attempt(() => themeParams.mount.ifAvailable());
  attempt(() => miniApp.mount.ifAvailable());
  attempt(() => backButton.mount.ifAvailable());
  attempt(() => closingBehavior.mount.ifAvailable());
  attempt(() => settingsButton.mount.ifAvailable());
  attempt(() => {
    swipeBehavior.mount.ifAvailable();
    swipeBehavior.disableVertical.ifAvailable();
  });
  attempt(followTheme);
  attempt(paintClientChrome);
  attempt(followViewport);

  const felt = HAPTIC_CLIENTS.has(launch.client);
  let selectedAt = 0;
  let onBack: (() => void) | null = null;
  attempt(() => backButton.onClick.ifAvailable(() => onBack?.()));

  return {
    kind: "telegram",
    surface: "telegram",
    launch,
    hasBackButton: available(() => backButton.show.isAvailable()),
    ready() {
      attempt(() => miniApp.ready.ifAvailable());
      attempt(() => viewport.expand.ifAvailable());
    },
    impact(style) {
      if (felt) attempt(() => hapticFeedback.impactOccurred.ifAvailable(style));
    },
    notify(kind) {
      if (felt) attempt(() => hapticFeedback.notificationOccurred.ifAvailable(kind));
    },
    selection() {
      const now = performance.now();
      if (!felt || now - selectedAt < SELECTION_PAUSE_MS) return;
      selectedAt = now;
      attempt(() => hapticFeedback.selectionChanged.ifAvailable());
    },
    setBack(next) {
      onBack = next;
      attempt(() => (next ? backButton.show.ifAvailable() : backButton.hide.ifAvailable()));
    },
    onSettings(open) {
      attempt(() => {
        settingsButton.onClick.ifAvailable(open);
        settingsButton.show.ifAvailable();
      });
    },
    guardClosing(on) {
      attempt(() =>
        on
          ? closingBehavior.enableConfirmation.ifAvailable()
          : closingBehavior.disableConfirmation.ifAvailable(),
      );
    },
    openLink(url) {
      attempt(() => openLink(url));
    },
    openTelegramLink(url) {
      attempt(() => openTelegramLink(url));
    },
    fullscreen: available(() => viewport.requestFullscreen.isSupported())
      ? {
          enter: () => attempt(() => viewport.requestFullscreen()),
          leave: () => attempt(() => viewport.isFullscreen() && viewport.exitFullscreen()),
          isOn: () => available(() => viewport.isFullscreen()),
        }
      : null,
    onActivated(listener) {
      const tell = () => {
        if (available(() => miniApp.isActive())) listener();
      };
      const off = miniApp.isActive.sub(tell);
      const seen = () => {
        if (document.visibilityState === "visible") listener();
      };
      document.addEventListener("visibilitychange", seen);
      return () => {
        off();
        document.removeEventListener("visibilitychange", seen);
      };
    },
  };
}

function available(ask: () => boolean): boolean {
  try {
    return ask();
  } catch {
    return false;
  }
}

function followTheme(): void {
  themeParams.state.sub(() => setTelegramColours(themeParams.state() as TelegramColours));
}

/** The client's own chrome takes our colours, so that the seam is not seen. */
function paintClientChrome(): void {
  onTheme(({ tokens }) => {
    attempt(() => miniApp.setHeaderColor.ifAvailable(tokens.page));
    attempt(() => miniApp.setBgColor.ifAvailable(tokens.page));
    attempt(() => miniApp.setBottomBarColor.ifAvailable(tokens.surface));
  });
}

/** Never awaited: a client may answer late or not at all. Insets are followed, not read once. */
function followViewport(): void {
  const root = document.documentElement;
  const update = () => {
    const { safeAreaInsets: safe, contentSafeAreaInsets: content } = viewport.state();
    for (const side of ["top", "right", "bottom", "left"] as const) {
      root.style.setProperty(`--tg-inset-${side}`, `${safe[side] + content[side]}px`);
    }
    const height = viewport.stableHeight();
    if (height >= HEIGHT_MIN_PX) root.style.setProperty("--tg-stable-height", `${height}px`);
  };
  void viewport
    .mount()
    .then(() => {
      update();
      viewport.state.sub(update);
    })
    .catch(() => {});
}
