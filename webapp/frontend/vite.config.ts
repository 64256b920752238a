import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const backend = process.env.CROUPIER_BACKEND ?? "http://127.0.0.1:8080";

/**
 * Puts the storage shim into a script of its own before all others. Inside the main bundle, chunks
 * that it imports would be evaluated first, and one of them touching a blocked storage is the end.
 */
function storageFirst(): Plugin {
  return {
    name: "croupier:storage-first",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle, path }) {
        if (!bundle || !path.endsWith("index.html")) return html;
        const chunk = Object.values(bundle).find(
          (c) => c.type === "chunk" && c.name === "storage",
        );
        if (!chunk) throw new Error("the storage shim has no chunk of its own");
        const attrs = { type: "module", crossorigin: true, src: `/app/${chunk.fileName}` };
        return { html, tags: [{ tag: "script", attrs, injectTo: "head-prepend" as const }] };
      },
    },
  };
}

export default defineConfig({
  base: "/app/",
  plugins: [react(), tailwindcss(), storageFirst()],
  resolve: {
    alias: { "@shared": here("./src/shared"), "@app": here("./src/miniapp") },
  },
  build: {
    // Telegram's own example of an Android client is a Chrome 113 WebView, and older ones exist.
    target: ["chrome100", "safari16"],
    cssTarget: ["chrome100", "safari16"],
    assetsInlineLimit: 0,
    manifest: "manifest.json",
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        storage: here("./src/shared/storage.ts"),
        index: here("./index.html"),
        exit: here("./exit.html"),
      },
      output: {
        codeSplitting: {
          groups: [{ name: "react", test: /node_modules\/(react|react-dom|scheduler)\// }],
        },
      },
    },
  },
  server: {
    port: 5173,
    fs: { allow: [here("."), here("../../locales")] },
    proxy: { "/api": { target: backend, ws: true } },
  },
});
