import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = `http://127.0.0.1:${process.env.PORT ?? "4780"}`;
const forward = { target: server, changeOrigin: true, headers: { origin: server } };

/** Built by scripts/build.mjs into dist/public; `npm run dev` serves it with hot reload and forwards the rest. */
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: "../.cache/vite",
  plugins: [react()],
  // The page's policy allows no data: URLs for scripts and fonts, so nothing is inlined.
  build: {
    target: "es2022",
    outDir: "../dist/public",
    emptyOutDir: true,
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  server: { port: 5173, strictPort: true, proxy: { "/api": forward, "/demo": forward, "/docs": forward } },
});
