import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { backoff, LiveStream, readFix, readHint } from "../islands/live-stream";
import { csrfToken } from "../islands/csrf";

/** The browser's EventSource does not exist here; this one is driven by hand. */
class Source extends EventTarget {
  static opened: Source[] = [];
  closed = false;
  constructor(readonly url: string) {
    super();
    Source.opened.push(this);
  }
  close(): void {
    this.closed = true;
  }
  say(name: string, data = ""): void {
    this.dispatchEvent(new MessageEvent(name, { data }));
  }
}

const last = () => Source.opened.at(-1)!;

function page(): { ear: LiveStream; heard: [string, unknown][] } {
  const heard: [string, unknown][] = [];
  for (const name of ["hint", "fix", "renew", "poll"]) {
    document.addEventListener(`blisko:${name}`, (event) => heard.push([name, (event as CustomEvent).detail]), { signal: ended.signal });
  }
  document.body.innerHTML = '<live-stream src="/live/t1"></live-stream>';
  return { ear: document.querySelector("live-stream")!, heard };
}

let ended = new AbortController();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Source);
  Source.opened = [];
  ended = new AbortController();
});

afterEach(() => {
  document.body.innerHTML = "";
  ended.abort();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("live-stream", () => {
  test("hands on a fix and asks once for many hints of one topic", () => {
    const { heard } = page();
    last().say("fix", '{"topic":"technician:7","lat":52.2,"lon":21,"heading":90,"at":"2026-11-22T10:00:00Z","eta":null}');
    for (let i = 0; i < 5; i += 1) last().say("hint", '{"topic":"visit:42","hint":"changed"}');
    vi.advanceTimersByTime(200);
    expect(heard.map(([name]) => name)).toEqual(["fix", "hint"]);
    expect(heard[1]![1]).toEqual({ topic: "visit:42", hint: "changed" });
  });

  test("polls while the stream is away and stops when it is back", () => {
    const { ear, heard } = page();
    last().say("error");
    expect(ear.getAttribute("state")).toBe("waiting");
    vi.advanceTimersByTime(31_000);
    expect(heard.some(([name]) => name === "poll")).toBe(true);
    last().say("open");
    heard.length = 0;
    vi.advanceTimersByTime(120_000);
    expect(heard).toEqual([]);
  });

  test("comes back later and later, but never later than half a minute", () => {
    page();
    for (let i = 0; i < 12; i += 1) {
      const before = Source.opened.length;
      last().say("error");
      vi.advanceTimersByTime(30_000);
      expect(Source.opened.length).toBe(before + 1);
    }
  });

  test("closes and asks for a new ticket when the old one is spent, and opens the new one", () => {
    const { ear, heard } = page();
    const first = last();
    first.say("renew");
    expect(first.closed).toBe(true);
    expect(heard).toEqual([["renew", null]]);
    ear.setAttribute("src", "/live/t2");
    expect(last().url).toBe("/live/t2");
  });

  test("closes with the page", () => {
    page();
    const first = last();
    document.body.innerHTML = "";
    expect(first.closed).toBe(true);
  });
});

test("backoff doubles to thirty seconds with at most half of it cut", () => {
  expect([0, 1, 2, 3, 4, 5, 60].map((n) => backoff(n, 0))).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  expect(backoff(3, 0.999)).toBeGreaterThanOrEqual(4000);
});

test("what is no position is no fix", () => {
  for (const text of ["", "null", "[]", "{}", '{"lat":"52","lon":21}', '{"lat":91,"lon":0}', "nonsense"]) expect(readFix(text)).toBeNull();
});

test("a hint may be a bare topic", () => {
  expect(readHint("visit:42")).toEqual({ topic: "visit:42", hint: "changed" });
});

test("the token of a change comes from the page, else from the cookie", () => {
  document.head.innerHTML = '<meta name="csrf-token" content="abc">';
  expect(csrfToken(document, "csrftoken=def")).toBe("abc");
  document.head.innerHTML = "";
  expect(csrfToken(document, "a=b; __Host-csrftoken=d%2Bf; c=d")).toBe("d+f");
  expect(csrfToken(document, "a=b")).toBe("");
});
