import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";

import type { Calls } from "./calls.js";
import { WadError } from "./errors.js";
import type {
  Delivery,
  MessageService,
  ReceiveMessagesRequestSchema,
  ReceiveMessagesResponse,
} from "./gen/wad/v1/message_pb.js";
import { Resumption } from "./resuming.js";

/** What to receive. */
export interface ReceiveOptions {
  /** Only what others send to these sessions, whether or not they exist yet. Default: all. */
  sessionIds?: string[];
  /** Messages that may wait for their acknowledgement before no more come: 1 to 1000. Default: the daemon's. */
  maxUnacknowledged?: number;
  /** Ends the inbox. */
  signal?: AbortSignal;
}

type Request = MessageInitShape<typeof ReceiveMessagesRequestSchema>;

/** Deliveries that one request may acknowledge. */
const MOST_IDS = 1000;

/** What the daemon has for the last acknowledgements when a loop ends; it takes milliseconds. */
const GRACE_MS = 5000;

/**
 * What others send to sessions, as `delivery`, and what has become of what these have sent, as `receipt`; endless.
 *
 * Each message comes at least once: again and again until it is acknowledged, with every new loop, and when the daemon
 * restarts or the connection breaks, after which the inbox goes on by itself. So whoever gets a message may have had it
 * before; its `deliveryId` is then the same.
 *
 * Iterating throws a WadError for anything else, and when no daemon can be reached at the very beginning. There may be
 * one loop at a time. It ends, also when it is left, once the daemon has taken the acknowledgements that are on their
 * way.
 */
export class Inbox implements AsyncIterable<ReceiveMessagesResponse> {
  readonly #calls: Calls<typeof MessageService>;
  readonly #receive: Request;
  readonly #ended = new AbortController();
  #outbox: Outbox | undefined; // of the present call

  constructor(calls: Calls<typeof MessageService>, { sessionIds = [], maxUnacknowledged = 0, signal }: ReceiveOptions) {
    this.#calls = calls;
    this.#receive = { action: { case: "receive", value: { sessionIds, maxUnacknowledged } } };
    if (signal?.aborted) this.close();
    signal?.addEventListener("abort", () => this.close(), { once: true, signal: this.#ended.signal });
  }

  /**
   * Has messages forgotten: they need not come again.
   *
   * This waits for nothing. While the connection is broken, and after the loop, it does nothing: the messages come again.
   */
  acknowledge(...deliveries: Delivery[]): void {
    const ids = deliveries.map(({ deliveryId }) => deliveryId);
    for (let begin = 0; begin < ids.length; begin += MOST_IDS) {
      const deliveryIds = ids.slice(begin, begin + MOST_IDS);
      this.#outbox?.put({ action: { case: "acknowledge", value: { deliveryIds } } });
    }
  }

  /** Ends the inbox, as closing the client does; a loop that waits for the next item ends, too. */
  close(): void {
    this.#ended.abort();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReceiveMessagesResponse, void, undefined> {
    const { signal } = this.#ended;
    const resumption = new Resumption();
    while (!signal.aborted) {
      let askedFor = 0;
      try {
        for await (const response of this.#once(resumption)) {
          resumption.told();
          yield response;
        }
      } catch (error) {
        if (!(error instanceof WadError)) throw error;
        if (signal.aborted || error.code === Code.Canceled) return; // this inbox was closed, or its client
        if (!resumption.helps(error)) throw error;
        askedFor = error.retryAfterMs ?? 0;
      }
      await resumption.pause(askedFor, signal);
    }
  }

  /** Makes one call. */
  async *#once(resumption: Resumption): AsyncGenerator<ReceiveMessagesResponse, void, undefined> {
    const { signal } = this.#ended;
    const outbox = new Outbox(this.#receive);
    const left = new AbortController();
    let tooLong: NodeJS.Timeout | undefined;
    const finish = () => {
      outbox.end(); // then the daemon ends the call
      tooLong ??= setTimeout(() => left.abort(), GRACE_MS);
    };
    signal.addEventListener("abort", finish);
    const onHeader = () => (resumption.reached = true); // comes before there is any message
    const call = this.#calls.receiveMessages(outbox.requests(), { signal: left.signal, onHeader });
    const responses = call[Symbol.asyncIterator]();
    this.#outbox = outbox;
    try {
      for (let next = await responses.next(); !next.done && !signal.aborted; next = await responses.next()) {
        yield next.value;
      }
    } finally {
      finish();
      await drained(responses);
      clearTimeout(tooLong);
      signal.removeEventListener("abort", finish);
      if (this.#outbox === outbox) this.#outbox = undefined;
    }
  }
}

/** Returns when there is nothing more, for whatever reason: nobody is interested any more. */
async function drained(items: AsyncIterator<unknown>): Promise<void> {
  try {
    while (!(await items.next()).done);
  } catch {
    return;
  }
}

/** The requests of one call. */
class Outbox {
  readonly #waiting: Request[];
  #over = false;
  #wake = () => {};

  constructor(first: Request) {
    this.#waiting = [first];
  }

  put(request: Request): void {
    this.#waiting.push(request);
    this.#wake();
  }

  /** Nothing follows what was put before. */
  end(): void {
    this.#over = true;
    this.#wake();
  }

  async *requests(): AsyncGenerator<Request, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next) yield next;
      else if (this.#over) return;
      else await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}
