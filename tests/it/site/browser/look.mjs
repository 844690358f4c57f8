// Opens pages in headless Chromium and says as JSON what a person would meet there: what the console said, what was asked for
// elsewhere, what axe-core finds, and what the search finds. usage: node look.mjs JOB, where JOB is a file with
// {"pages": [URL…], "search": {"page": URL, "typed": TEXT}, "shots": [{"page", "file", "width", "height", "dark"}…]}
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const home = mkdtempSync(join(tmpdir(), "site-browser-"));
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
  "--disable-background-networking", "--remote-debugging-pipe", `--user-data-dir=${home}`, "about:blank"];
const chromium = spawn("chromium", flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const [input, output] = [chromium.stdio[3], chromium.stdio[4]];

// The protocol of the developer tools: messages that end with a zero byte.
let last = 0;
let rest = "";
const waiting = new Map();
const listeners = new Set();
output.setEncoding("utf8");
output.on("data", (text) => {
  const messages = (rest + text).split("\0");
  rest = messages.pop();
  for (const message of messages.map((one) => JSON.parse(one))) {
    if (message.id) {
      const { resolve, reject, method } = waiting.get(message.id);
      waiting.delete(message.id);
      message.error ? reject(new Error(`${method}: ${message.error.message}`)) : resolve(message.result);
    } else {
      listeners.forEach((listener) => listener(message));
    }
  }
});

const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
  last += 1;
  waiting.set(last, { resolve, reject, method });
  input.write(JSON.stringify({ id: last, method, params, sessionId }) + "\0");
});

const { targetId } = await send("Target.createTarget", { url: "about:blank" });
const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
const tab = (method, params) => send(method, params, sessionId);
await Promise.all(["Page", "Runtime", "Log", "Network"].map((domain) => tab(`${domain}.enable`)));

const next = (method) => new Promise((resolve) => {
  const listener = (message) => {
    if (message.method !== method || message.sessionId !== sessionId) return;
    listeners.delete(listener);
    resolve(message.params);
  };
  listeners.add(listener);
});

const evaluate = async (expression) => {
  const { result, exceptionDetails } = await tab("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
};

const open = async (url) => {
  const loaded = next("Page.loadEventFired");
  await tab("Page.navigate", { url });
  await loaded;
};

const scheme = (dark) => tab("Emulation.setEmulatedMedia", {
  features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }],
});
const size = (width, height, mobile = false) => tab("Emulation.setDeviceMetricsOverride", { width, height, mobile, deviceScaleFactor: 1 });

// What goes wrong on the page that is open now.
let faults = [];
listeners.add(({ method, params }) => {
  if (method === "Runtime.exceptionThrown") faults.push(params.exceptionDetails.text);
  if (method === "Log.entryAdded" && params.entry.level === "error") faults.push(params.entry.text);
  if (method === "Runtime.consoleAPICalled" && params.type === "error") faults.push("console.error");
  if (method === "Network.requestWillBeSent" && !/^(file|data|about|blob):/.test(params.request.url)) faults.push(params.request.url);
});

const axe = job.pages?.length ? readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8") : "";
const said = { pages: {}, search: null };
for (const url of job.pages ?? []) {
  for (const [dark, width] of [[false, 1280], [true, 1280], [false, 390]]) {
    faults = [];
    await scheme(dark);
    await size(width, 900, width < 500);
    await open(url);
    await evaluate(axe);
    const found = await evaluate(`axe.run(document, { resultTypes: ["violations"], preload: false }).then(({ violations }) =>
      violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.slice(0, 3).map((node) => node.target.join(" ")) })))`);
    const wide = await evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    said.pages[`${url} ${dark ? "dark" : "light"} ${width}`] = { faults, found, wide };
  }
}

const key = (name, text) => tab("Input.dispatchKeyEvent", { type: "keyDown", key: name, text }).then(() =>
  tab("Input.dispatchKeyEvent", { type: "keyUp", key: name }));
if (job.search) {
  await size(1280, 900);
  await open(job.search.page);
  await key("/", "/");
  const focused = await evaluate("document.activeElement.id");
  for (const letter of job.search.typed) await key(letter, letter);
  // The index is a script of its own, which may take a moment.
  const texts = await evaluate(`new Promise((resolve) => {
    const list = document.getElementById("found");
    const look = () => (list.children.length ? resolve([...list.children].map((item) => item.innerText)) : setTimeout(look, 20));
    look();
    setTimeout(() => resolve([]), 5000);
  })`);
  const gone = next("Page.loadEventFired");
  await key("ArrowDown");
  await key("ArrowUp");
  await key("Enter", "\r");
  await gone;
  said.search = { focused, texts, url: await evaluate("location.href") };
}

for (const { page, file, width, height, dark } of job.shots ?? []) {
  await scheme(dark);
  await size(width, height, width < 500);
  await open(page);
  const { data } = await tab("Page.captureScreenshot", { format: "png" });
  writeFileSync(file, Buffer.from(data, "base64"));
}

console.log(JSON.stringify(said));
await send("Browser.close").catch(() => {});
chromium.on("exit", () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
