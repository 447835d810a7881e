// What every client of wad does, whatever its language, against a live daemon and an emulator.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Client, type ClientOptions, Code, WadError } from "../src/index.js";
import {
  type Delivery,
  type LinkSessionResponse,
  MessageDirection,
  MessageKind,
  MessageStatus,
  type MessageReceipt,
  type ReceiveMessagesResponse,
  Role,
  SessionState,
  type WatchEventsResponse,
} from "../src/v1.js";
import * as stage from "./stage.js";

/** Milliseconds after which what has not come is a failure. */
const PATIENCE = 60_000;

const why = stage.url ? false : "WAD_STAGE is not set: this suite needs a live daemon; `make clients-test` brings one";

suite("conformance", { skip: why, timeout: 2 * PATIENCE }, () => {
  let place: stage.Stage;
  let client: Client;
  let phones = 491520000001;

  before(async () => {
    place = await stage.find();
    client = new Client({ target: place.unix });
  });
  after(() => client?.close());

  /** Links a session to a phone of its own, and returns the last step. */
  async function link(sessionId: string): Promise<LinkSessionResponse | undefined> {
    let last: LinkSessionResponse | undefined;
    let scanned = false;
    for await (last of client.link(sessionId, { timeoutMs: PATIENCE })) {
      if (last.session?.qr && !scanned) {
        scanned = true;
        await stage.scan(last.session.qr.code, String(phones++));
      }
    }
    return last;
  }

  type Items = AsyncIterator<WatchEventsResponse>;

  /** Returns what a watch tells up to and with the item that is wanted. */
  async function until(items: Items, wanted: (item: WatchEventsResponse) => boolean): Promise<WatchEventsResponse[]> {
    const told: WatchEventsResponse[] = [];
    for (;;) {
      const { value, done } = await items.next();
      assert.ok(!done, "the watch ended");
      told.push(value);
      if (wanted(value)) return told;
    }
  }

  const untilSynced = (items: Items) => until(items, (item) => item.item.case === "synced");
  const isLinked = (id: string) => ({ item }: WatchEventsResponse) =>
    item.case === "event" && item.value.session?.sessionId === id && item.value.what.case === "authSuccess";
  const kinds = (told: WatchEventsResponse[]) => told.map((item) => item.item.case);

  /** Returns how a call is refused. */
  async function refusal(call: Promise<unknown>): Promise<WadError> {
    const error = await call.then(() => assert.fail("it was not refused"), (refused: unknown) => refused);
    assert.ok(error instanceof WadError, String(error));
    return error;
  }

  /** Sends a text to the phone of a session, and returns the message's id. */
  async function send(sessionId: string, jid: string | undefined, text: string): Promise<string> {
    const to = /^\d+/.exec(jid ?? "")?.[0] ?? "";
    return (await client.messages.sendMessage({ sessionId, to, text }, { timeoutMs: PATIENCE })).messageId;
  }

  /** Waits until a message is kept no more. */
  async function untilForgotten(sessionId: string, messageId: string): Promise<void> {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(20)) {
      const kept = client.getMessage(sessionId, messageId, { timeoutMs: PATIENCE });
      const error = await kept.then(() => undefined, (refused: unknown) => refused);
      if (error) return assert.equal((error as WadError).reason, "MESSAGE_NOT_FOUND");
    }
    assert.fail("it is still kept");
  }

  /** Returns the next message of an inbox. */
  async function received(items: AsyncIterator<ReceiveMessagesResponse>): Promise<Delivery> {
    const { value } = await items.next();
    assert.ok(value?.item.case === "delivery", "the inbox ended, or has something else");
    return value.item.value;
  }

  const first = (items: AsyncIterable<unknown>) => items[Symbol.asyncIterator]().next();

  /** Calls over TCP, which takes TLS and a token. */
  async function overTcp<T>(options: ClientOptions, call: (client: Client) => Promise<T>): Promise<T> {
    const remote = new Client({ target: place.tls, caFile: place.ca_file, ...options });
    return call(remote).finally(() => remote.close());
  }

  test("links_a_session", async () => {
    const last = await link("ts-links");
    assert.equal(last?.step.case, "connected");
    assert.equal(last.session?.state, SessionState.CONNECTED);
    assert.match(last.session.user?.jid ?? "", /^49152/);
  });

  test("leaves_and_returns", async () => {
    for await (const step of client.link("ts-leaves", { timeoutMs: PATIENCE })) if (step.session?.qr) break;
    const { session } = await client.sessions.getSession({ sessionId: "ts-leaves" }, { timeoutMs: PATIENCE });
    assert.equal(session?.state, SessionState.QR_GENERATED);
    assert.equal((await link("ts-leaves"))?.step.case, "connected");
  });

  test("watch_sees_snapshot_then_live", async () => {
    const sessionIds = ["ts-before", "ts-after"];
    await link("ts-before");
    const watch = client.watch({ sessionIds });
    const items = watch[Symbol.asyncIterator]();
    const begun = await untilSynced(items);
    assert.deepEqual(kinds(begun), ["snapshot", "synced"]);
    const afterToken = watch.token;
    await link("ts-after");
    const live = await until(items, isLinked("ts-after"));
    assert.equal(watch.token, live.at(-1)?.token);
    watch.close();
    assert.deepEqual(await items.next(), { value: undefined, done: true });
    const other = new Client({ target: place.unix });
    const again = other.watch({ sessionIds, afterToken })[Symbol.asyncIterator]();
    assert.deepEqual(await until(again, isLinked("ts-after")), live);
    other.close();
    assert.deepEqual(await again.next(), { value: undefined, done: true });
  });

  test("watch_survives_a_restart", async () => {
    const watch = client.watch({ sessionIds: ["ts-first", "ts-second"] });
    const items = watch[Symbol.asyncIterator]();
    const begun = await untilSynced(items);
    await link("ts-first");
    begun.push(...(await until(items, isLinked("ts-first"))));
    await stage.restart();
    const resumed = await untilSynced(items);
    assert.deepEqual(kinds(resumed), ["reset", "snapshot", "synced"]);
    assert.ok(resumed[1]?.item.case === "snapshot" && resumed[1].item.value.state === SessionState.CONNECTED);
    await link("ts-second");
    const live = await until(items, isLinked("ts-second"));
    watch.close();
    const tokens = [...begun, ...resumed, ...live].flatMap(({ token }) => token || []);
    assert.equal(new Set(tokens).size, tokens.length);
    for (const part of [begun, live]) {
      const sequence = part.flatMap(({ item }) => (item.case === "event" ? item.value.sequence : []));
      assert.ok(sequence.length > 0);
      assert.ok(sequence.every((number, index) => index === 0 || number > sequence[index - 1]!), String(sequence));
    }
  });

  test("receives_what_others_send", async () => {
    await link("ts-ada");
    const jid = (await link("ts-bob"))?.session?.user?.jid;
    const early = await send("ts-ada", jid, "early");
    let sent = "";
    let told: Delivery | undefined;
    let receipt: MessageReceipt | undefined;
    const inbox = client.receive({ sessionIds: ["ts-ada", "ts-bob"] });
    for await (const { item } of inbox) {
      if (item.case === "delivery" && item.value.message?.messageId === early) {
        sent = await send("ts-ada", jid, "hello"); // the inbox is open, and will not miss the receipt
      } else if (item.case === "delivery") told = item.value;
      else if (item.case === "receipt" && item.value.messageId === sent) receipt = item.value;
      if (!told || !receipt) continue;
      const { message } = told;
      assert.deepEqual([message?.sessionId, message?.messageId, message?.text], ["ts-bob", sent, "hello"]);
      assert.equal(message?.kind, MessageKind.TEXT);
      assert.deepEqual(await client.getMessage("ts-bob", sent, { timeoutMs: PATIENCE }), message);
      inbox.acknowledge(told);
      break;
    }
    await untilForgotten("ts-bob", sent);
    const kept = await client.getMessage("ts-ada", sent, { timeoutMs: PATIENCE });
    assert.deepEqual([receipt?.sessionId, kept.direction], ["ts-ada", MessageDirection.SENT]);
    assert.deepEqual([receipt?.status, kept.status], [MessageStatus.DELIVERED, MessageStatus.DELIVERED]);
  });

  test("receives_again_what_was_not_acknowledged", async () => {
    await link("ts-carol");
    const jid = (await link("ts-dave"))?.session?.user?.jid;
    const sent = [await send("ts-carol", jid, "one"), await send("ts-carol", jid, "two")];
    const inbox = client.receive({ sessionIds: ["ts-dave"] });
    const items = inbox[Symbol.asyncIterator]();
    const [one, two] = [await received(items), await received(items)];
    assert.deepEqual([one.message?.messageId, two.message?.messageId], sent);
    inbox.acknowledge(one);
    await untilForgotten("ts-dave", sent[0]!);
    await stage.restart();
    inbox.acknowledge(one);
    assert.deepEqual(await received(items), two);
    inbox.acknowledge(one, two);
    await link("ts-carol");
    sent.push(await send("ts-carol", jid, "three"));
    const three = await received(items);
    assert.equal(three.message?.messageId, sent[2]);
    inbox.acknowledge(three);
    await items.return?.();
    for (const messageId of sent) await untilForgotten("ts-dave", messageId);
  });

  test("maps_errors", async () => {
    const unknown = await refusal(client.sessions.getSession({ sessionId: "ts-nobody" }, { timeoutMs: PATIENCE }));
    assert.equal(unknown.code, Code.NotFound);
    assert.equal(unknown.reason, "SESSION_NOT_FOUND");
    assert.deepEqual({ ...unknown.metadata }, { session_id: "ts-nobody" });
    assert.equal(unknown.retryAfterMs, undefined);
    const bad = await refusal(first(client.link("not an id", { timeoutMs: PATIENCE })));
    assert.equal(bad.code, Code.InvalidArgument);
    assert.equal(bad.reason, "INVALID_SESSION_ID");
    assert.deepEqual(bad.violations.map(({ field }) => field), ["session_id"]);
    const watched = await refusal(first(client.watch({ sessionIds: ["not an id"] })));
    assert.deepEqual(watched.violations.map(({ field }) => field), ["session_ids[0]"]);
    const received = await refusal(first(client.receive({ sessionIds: ["not an id"] })));
    assert.equal(received.reason, "INVALID_INPUT");
  });

  test("refuses_without_token", async () => {
    const refused = await overTcp({}, (remote) => refusal(remote.sessions.getSession({ sessionId: "ts-any" })));
    assert.equal(refused.code, Code.Unauthenticated);
    assert.equal(refused.reason, "CREDENTIALS_REQUIRED");
  });

  test("refuses_a_wrong_token", async () => {
    const token = `${place.token.slice(0, -4)}AAAA`;
    const refused = await overTcp({ token }, (remote) => refusal(remote.sessions.getSession({ sessionId: "ts-any" })));
    assert.equal(refused.code, Code.Unauthenticated);
    assert.equal(refused.reason, "TOKEN_INVALID");
    assert.equal((await overTcp({ token }, (remote) => refusal(first(remote.watch())))).reason, "TOKEN_INVALID");
    assert.equal((await overTcp({ token }, (remote) => refusal(first(remote.receive())))).reason, "TOKEN_INVALID");
  });

  test("refuses_beyond_role", async () => {
    const local = new Client({ target: place.unix, token: place.viewer_token }); // a token counts over the socket, too
    assert.equal((await local.access.getCaller({}, { timeoutMs: PATIENCE })).caller?.role, Role.VIEWER);
    local.close();
    const refused = await overTcp({ token: place.viewer_token }, async (remote) => {
      await remote.sessions.listSessions({}, { timeoutMs: PATIENCE });
      return refusal(first(remote.link("ts-viewer", { timeoutMs: PATIENCE })));
    });
    assert.equal(refused.code, Code.PermissionDenied);
    assert.equal(refused.reason, "PERMISSION_DENIED");
    assert.equal(refused.metadata["required_role"], "operator");
  });

  test("refuses_beyond_scope", async () => {
    await client.sessions.createSession({ sessionId: "ts-scope" }, { timeoutMs: PATIENCE });
    for (const sessionId of ["ts-scope", "ts-nobody"]) {
      const refused = await overTcp({ token: place.other_token }, (remote) =>
        refusal(remote.sessions.getSession({ sessionId }, { timeoutMs: PATIENCE })),
      );
      assert.equal(refused.code, Code.PermissionDenied);
      assert.equal(refused.metadata["session_id"], sessionId);
    }
  });
});

test("names_the_address_of_an_unreachable_daemon", async () => {
  const target = `unix://${tmpdir()}/wad-none.sock`;
  const client = new Client({ target });
  const listed = client.sessions.listSessions({}, { timeoutMs: PATIENCE });
  const endless = [client.watch(), client.receive()].map((items) => items[Symbol.asyncIterator]().next());
  const calls = [listed, ...endless];
  for (const call of calls) {
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof WadError);
      assert.equal(error.code, Code.Unavailable);
      assert.match(error.message, new RegExp(`No wad daemon answers at ${target}: .*\`wad serve\``));
      return true;
    });
  }
  client.close();
});
