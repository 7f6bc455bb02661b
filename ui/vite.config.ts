import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["ARMILLARY_API_URL"]?.replace(/\/api\/?$/, "") ?? "http://127.0.0.1:4200";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "../src/armillary/ui_dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    // The server asks that changes come from its own pages, so the origin it sees must be its own.
    proxy: Object.fromEntries(
      ["/api", "/signin"].map((path) => [path, { target: server, changeOrigin: true, headers: { origin: server } }]),
    ),
  },
});
