import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const API = process.env.LEAD_FLOW_API ?? 'http://127.0.0.1:8080';
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  build: {
    outDir: here('../dist/dashboard'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // What every page needs is one file, kept by the browser; pages are files of their own.
    chunkSizeWarningLimit: 800,
    target: 'es2023',
    rolldownOptions: {
      // Packages made for servers, too, say "use client" in each file.
      onLog: (level, log, show) => log.code === 'MODULE_LEVEL_DIRECTIVE' || show(level, log),
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/v1': { target: API, ws: true }, '/api': API },
  },
});
