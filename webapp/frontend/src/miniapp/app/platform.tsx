import { browserPlatform } from "@shared/tg/browser";
import type { Platform } from "@shared/tg/platform";
import { createContext, useContext } from "react";

export const PlatformContext = createContext<Platform>(browserPlatform());

export function usePlatform(): Platform {
  return useContext(PlatformContext);
}
