// An inbox goes on by itself where that makes sense, and its acknowledgements arrive; played without a daemon.
import assert from "node:assert/strict";
import { test } from "node:test";

import { type MessageInitShape, create } from "@bufbuild/protobuf";
import type { CallOptions } from "@connectrpc/connect";

import { type Calls, Code, Inbox, type ReceiveOptions, WadError } from "../src/index.js";
import {
  type Delivery,
  type MessageService,
  type ReceiveMessagesRequestSchema,
  type ReceiveMessagesResponse,
  ReceiveMessagesResponseSchema,
} from "../src/v1.js";

type Request = MessageInitShape<typeof ReceiveMessagesRequestSchema>;

const delivery = (deliveryId: number) =>
  create(ReceiveMessagesResponseSchema, { item: { case: "delivery", value: { deliveryId: BigInt(deliveryId) } } });
const RECEIPT = create(ReceiveMessagesResponseSchema, { item: { case: "receipt", value: { messageId: "A" } } });

const LOST = new WadError(Code.Unavailable, "socket closed");
const DRAINING = new WadError(Code.Unavailable, "going down", { reason: "DRAINING", retryAfterMs: 10 });
const LONG_GONE = new WadError(Code.Unavailable, "going down", { reason: "DRAINING", retryAfterMs: 3_600_000 });
const REFUSED = new WadError(Code.Unauthenticated, "no such token", { reason: "TOKEN_REVOKED" });

/** One more request is waited for. */
const ASKED = "asked";

type Act = (ReceiveMessagesResponse | WadError | typeof ASKED)[];

/** Answers one call after another as it was told, then waits until no more is asked; keeps what was asked. */
class Daemon {
  readonly asked: string[][] = [];
  readonly #acts: Iterator<Act>;

  constructor(...acts: Act[]) {
    this.#acts = acts.values();
  }

  inbox(options: ReceiveOptions = {}): Inbox {
    const calls = {
      receiveMessages: (requests: AsyncIterable<Request>, call: CallOptions) => this.#received(requests, call),
    };
    return new Inbox(calls as unknown as Calls<typeof MessageService>, { sessionIds: ["ada"], ...options });
  }

  async *#received(requests: AsyncIterable<Request>, { onHeader }: CallOptions) {
    const asked: string[] = [];
    this.asked.push(asked);
    const asking = requests[Symbol.asyncIterator]();
    const ask = async () => {
      const { value, done } = await asking.next();
      if (!done) asked.push(brief(value));
      return done;
    };
    await ask();
    onHeader?.(new Headers());
    for (const step of this.#acts.next().value ?? []) {
      if (step instanceof WadError) throw step;
      if (step === ASKED) await ask();
      else yield step;
    }
    while (!(await ask()));
  }
}

function brief({ action }: Request): string {
  if (action?.case === "receive") return `receive ${action.value.sessionIds}`;
  return `acknowledge ${action?.value?.deliveryIds}`;
}

/** Takes the next items, and acknowledges those that are wanted. */
async function take(inbox: Inbox, count: number, wanted = (_id: bigint) => false): Promise<ReceiveMessagesResponse[]> {
  const found: ReceiveMessagesResponse[] = [];
  for await (const response of inbox) {
    const { item } = response;
    if (item.case === "delivery" && wanted(item.value.deliveryId)) inbox.acknowledge(item.value);
    if (found.push(response) === count) break;
  }
  return found;
}

for (const [name, interruption] of Object.entries({ lost: [LOST], draining: [DRAINING] })) {
  test(`what was not acknowledged comes again: ${name}`, async () => {
    const daemon = new Daemon([delivery(1), RECEIPT, delivery(2), ASKED, ...interruption], [delivery(2)]);
    const told = await take(daemon.inbox(), 4, (id) => id === 1n);
    assert.deepEqual(told, [delivery(1), RECEIPT, delivery(2), delivery(2)]);
    assert.deepEqual(daemon.asked, [["receive ada", "acknowledge 1"], ["receive ada"]]);
  });
}

test("what came before an interruption can be acknowledged after it", async () => {
  const daemon = new Daemon([delivery(1), LOST], [RECEIPT]);
  const inbox = daemon.inbox();
  let first: Delivery | undefined;
  for await (const { item } of inbox) {
    if (item.case === "delivery") first = item.value;
    if (item.case === "receipt") {
      inbox.acknowledge(first!);
      break;
    }
  }
  assert.deepEqual(daemon.asked, [["receive ada"], ["receive ada", "acknowledge 1"]]);
});

test("any number is acknowledged at once", async () => {
  const daemon = new Daemon([delivery(1)]);
  const inbox = daemon.inbox();
  for await (const { item } of inbox) {
    assert.ok(item.case === "delivery");
    inbox.acknowledge(...Array.from({ length: 1001 }, () => item.value as Delivery));
    break;
  }
  const ones = (count: number) => `acknowledge ${Array(count).fill(1)}`;
  assert.deepEqual(daemon.asked, [["receive ada", ones(1000), ones(1)]]);
});

test("the last acknowledgements arrive, however many messages wait to be handed out", async () => {
  const daemon = new Daemon(Array.from({ length: 100 }, (_, index) => delivery(index + 1)));
  await take(daemon.inbox(), 3, () => true);
  assert.deepEqual(daemon.asked, [["receive ada", "acknowledge 1", "acknowledge 2", "acknowledge 3"]]);
});

test("a daemon that was there before the first message is waited for", async () => {
  assert.deepEqual(await take(new Daemon([LOST], [delivery(1)]).inbox(), 1), [delivery(1)]);
});

test("a second loop is handed out what was not acknowledged in the first one", async () => {
  const inbox = new Daemon([delivery(1)], [delivery(1)]).inbox();
  assert.deepEqual(await take(inbox, 1), await take(inbox, 1));
});

test("what waiting cannot mend ends an inbox", async () => {
  await assert.rejects(take(new Daemon([delivery(1), REFUSED]).inbox(), 2), (error) => error === REFUSED);
});

for (const [name, act] of Object.entries({ "a message": [], "the daemon": [LONG_GONE] })) {
  test(`an inbox that waits for ${name} ends at once when its signal does`, async () => {
    const left = new AbortController();
    setTimeout(() => left.abort(), 50);
    assert.deepEqual(await take(new Daemon(act).inbox({ signal: left.signal }), 1), []);
  });
}
