import { defineConfig, envField } from "astro/config";

export default defineConfig({
  site: "http://localhost:4000",
  env: {
    schema: {
      TRACKBACK_API: envField.string({ context: "server", access: "public", default: "http://localhost:8080" }),
    },
  },
});
