import { cpSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** CesiumJS fetches its workers and assets at run time: they are served beside the client, from this host. */
function cesiumAssets() {
  for (const folder of ['Workers', 'Assets', 'ThirdParty', 'Widgets']) {
    const target = here(`public/cesium/${folder}`);
    if (!existsSync(target)) {
      cpSync(here(`node_modules/cesium/Build/Cesium/${folder}`), target, { recursive: true });
    }
  }
  return { name: 'cesium-assets' };
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === 'test' ? [] : [cesiumAssets()])],
  define: { CESIUM_BASE_URL: '"/cesium/"' },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 6000,
    rollupOptions: {
      output: {
        manualChunks: (id: string) => (id.includes('/@cesium/') || id.includes('/cesium/') ? 'cesium' : undefined),
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/tiles', '/ogc', '/health', '/openapi.json'].map((path) => [path, 'http://127.0.0.1:8000']),
    ),
  },
  // Whole panels take their time on a busy machine.
  test: { environment: 'jsdom', include: ['tests/unit/**/*.test.{ts,tsx}'], css: false, testTimeout: 30_000 },
}));
