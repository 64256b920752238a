/** A plain browser: no haptics, no client chrome. */

import type { Platform } from "./platform";

export function browserPlatform(): Platform {
  return {
    kind: "browser",
    surface: "web",
    launch: null,
    hasBackButton: false,
    ready() {},
    impact() {},
    notify() {},
    selection() {},
    setBack() {},
    onSettings() {},
    guardClosing() {},
    openLink: open,
    openTelegramLink: open,
    fullscreen: document.fullscreenEnabled
      ? {
          enter: () => void document.documentElement.requestFullscreen().catch(() => {}),
          leave: () => {
            if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
          },
          isOn: () => document.fullscreenElement !== null,
        }
      : null,
    onActivated(listener) {
      const seen = () => {
        if (document.visibilityState === "visible") listener();
      };
      document.addEventListener("visibilitychange", seen);
      return () => document.removeEventListener("visibilitychange", seen);
    },
  };
}

function open(url: string): void {
  window.open(url, "_blank", "noopener");
}
