// A watch resumes by itself where that makes sense; played without a daemon.
import assert from "node:assert/strict";
import { test } from "node:test";

import { type MessageInitShape, create } from "@bufbuild/protobuf";

import { type Calls, Code, WadError, Watch, type WatchOptions } from "../src/index.js";
import {
  type EventService,
  type WatchEventsRequest,
  type WatchEventsResponse,
  WatchEventsResponseSchema,
} from "../src/v1.js";

type Item = MessageInitShape<typeof WatchEventsResponseSchema>["item"];

const response = (token: string, item: Item) => create(WatchEventsResponseSchema, { token, item: item! });

const SNAPSHOT = response("", { case: "snapshot", value: { sessionId: "one" } });
const SYNCED = response("1", { case: "synced", value: {} });
const EVENT = response("2", { case: "event", value: { sequence: 7n } });
const BOOKMARK = response("3", { case: "bookmark", value: {} });
const RESET = response("", { case: "reset", value: {} });

const LOST = new WadError(Code.Unavailable, "socket closed");
const DRAINING = new WadError(Code.Unavailable, "going down", { reason: "DRAINING", retryAfterMs: 10 });
const SLOW = new WadError(Code.ResourceExhausted, "too slow", { reason: "SLOW_CONSUMER", retryAfterMs: 10 });
const REFUSED = new WadError(Code.Unauthenticated, "no such token", { reason: "TOKEN_REVOKED" });

/** Answers one watch after another as it was told, and keeps what they began with. */
class Daemon {
  readonly starts: WatchEventsRequest["start"][] = [];
  readonly #answers: Iterator<(WatchEventsResponse | WadError)[]>;

  constructor(...answers: (WatchEventsResponse | WadError)[][]) {
    this.#answers = answers.values();
  }

  watch(options: WatchOptions = {}): Watch {
    const calls = { watchEvents: (request: WatchEventsRequest) => this.#watched(request) };
    return new Watch(calls as unknown as Calls<typeof EventService>, options);
  }

  async *#watched(request: WatchEventsRequest) {
    this.starts.push(request.start);
    for (const answer of this.#answers.next().value ?? []) {
      if (answer instanceof WadError) throw answer;
      yield answer;
    }
  }
}

/** Returns the next items. */
async function told(items: AsyncIterable<WatchEventsResponse>, count: number): Promise<WatchEventsResponse[]> {
  const found: WatchEventsResponse[] = [];
  for await (const item of items) if (found.push(item) === count) break;
  return found;
}

for (const [name, interruption] of Object.entries({ lost: [LOST], draining: [DRAINING], slow: [SLOW], over: [] })) {
  test(`resumes after the last token, a bookmark's too: ${name}`, async () => {
    const daemon = new Daemon([SNAPSHOT, SYNCED, EVENT, BOOKMARK, ...interruption], [EVENT]);
    assert.deepEqual(await told(daemon.watch(), 4), [SNAPSHOT, SYNCED, EVENT, EVENT]);
    assert.deepEqual(daemon.starts, [{ case: undefined }, { case: "afterToken", value: "3" }]);
  });
}

test("a first snapshot that broke off begins anew with a reset: no token leads back into it", async () => {
  const daemon = new Daemon([SNAPSHOT, LOST], [SNAPSHOT, SYNCED]);
  assert.deepEqual(await told(daemon.watch(), 4), [SNAPSHOT, RESET, SNAPSHOT, SYNCED]);
});

for (const [name, end] of Object.entries({ "nobody answers": LOST, refused: REFUSED })) {
  test(`what waiting cannot mend ends a watch: ${name}`, async () => {
    await assert.rejects(told(new Daemon([end]).watch(), 1), (error) => error === end);
  });
}

test("a daemon that is going down is waited for, even at the beginning", async () => {
  const daemon = new Daemon([DRAINING], [SYNCED], [REFUSED]);
  await assert.rejects(told(daemon.watch({ fromNow: true }), 2), (error) => error === REFUSED);
  assert.deepEqual(daemon.starts.map((start) => start.case), ["fromNow", "fromNow", "afterToken"]);
});

test("a second loop continues after the first one's last item", async () => {
  const daemon = new Daemon([SYNCED, EVENT], [EVENT]);
  const watch = daemon.watch();
  assert.deepEqual(await told(watch, 1), [SYNCED]);
  assert.deepEqual(await told(watch, 1), [EVENT]);
  assert.deepEqual(daemon.starts[1], { case: "afterToken", value: "1" });
});

test("a watch that waits for its next try ends at once when its signal does", async () => {
  const asked = new WadError(Code.Unavailable, "going down", { reason: "DRAINING", retryAfterMs: 3_600_000 });
  const left = new AbortController();
  setTimeout(() => left.abort(), 50);
  assert.deepEqual(await told(new Daemon([asked]).watch({ signal: left.signal }), 1), []);
});
