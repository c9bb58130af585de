const test = require("node:test");
const assert = require("node:assert");
const http = require("node:http");

test("server", async (t) => {
  const server = http.createServer((request, response) => response.end("ok"));
  await t.test("listens", () => new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(8123, "0.0.0.0", resolve);
  }));
  await t.test("answers", async () => {
    const answer = await fetch("http://127.0.0.1:8123/health", { signal: AbortSignal.timeout(2000) });
    assert.strictEqual(await answer.text(), "ok");
  });
  server.closeAllConnections();
  server.close();
});
