import trackback from "./trackback.js";

export default function (eleventyConfig) {
  eleventyConfig.ignores.add("README.md");
  eleventyConfig.addPlugin(trackback, { site: "http://localhost:4000", api: "http://localhost:8080" });
}
