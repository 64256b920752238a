import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vite.config";

export default mergeConfig(
  base,
  defineConfig({
    test: {
      environment: "jsdom",
      environmentOptions: { jsdom: { url: "http://localhost/app/" } },
      include: ["test/**/*.test.{ts,tsx}"],
      restoreMocks: true,
    },
  }),
);
