import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";

import type { Calls } from "./calls.js";
import { WadError } from "./errors.js";
import {
  type EventService,
  type EventType,
  FromNowSchema,
  type WatchEventsRequest,
  type WatchEventsResponse,
  WatchEventsRequestSchema,
  WatchEventsResponseSchema,
} from "./gen/wad/v1/event_pb.js";
import { Resumption } from "./resuming.js";

/** What to watch, and from where on. */
export interface WatchOptions {
  /** Only these sessions. Default: all. */
  sessionIds?: string[];
  /** Only events of these types. Default: all. */
  types?: EventType[];
  /** Only devices of this phone. Default: all sessions. */
  phoneNumber?: string;
  /** Continue after the item that this was the watch's token at, under the same filters. */
  afterToken?: string;
  /** Begin with the next event, without a snapshot. */
  fromNow?: boolean;
  /** Ends the watch. */
  signal?: AbortSignal;
}

/**
 * What happens to sessions, in order, without gap or duplicate: snapshots, `synced`, then events; endless.
 *
 * When the daemon restarts, the connection breaks, or the caller was too slow, the watch resumes by itself. Where that
 * would leave a gap there is a `reset` instead: forget what is known, a new snapshot follows.
 *
 * Iterating throws a WadError for anything else, and when no daemon can be reached at the very beginning. A second loop
 * continues after the first one's last item.
 */
export class Watch implements AsyncIterable<WatchEventsResponse> {
  readonly #calls: Calls<typeof EventService>;
  readonly #request: WatchEventsRequest;
  readonly #ended = new AbortController();
  #token: string;

  constructor(calls: Calls<typeof EventService>, options: WatchOptions) {
    const { sessionIds = [], types = [], phoneNumber = "", afterToken = "", fromNow = false, signal } = options;
    if (afterToken && fromNow) {
      throw new TypeError("A watch begins either after a token or from now on; give one of the two.");
    }
    this.#calls = calls;
    this.#token = afterToken;
    this.#request = create(WatchEventsRequestSchema, { sessionIds, types, phoneNumber });
    if (fromNow) this.#request.start = { case: "fromNow", value: create(FromNowSchema) };
    if (signal?.aborted) this.close();
    signal?.addEventListener("abort", () => this.close(), { once: true, signal: this.#ended.signal });
  }

  /**
   * What a later watch with the same filters continues after, also in another process; empty before the first `synced`.
   */
  get token(): string {
    return this.#token;
  }

  /** Ends the watch, as closing the client does; a loop that waits for the next item ends, too. */
  close(): void {
    this.#ended.abort();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEventsResponse, void, undefined> {
    const { signal } = this.#ended;
    const resumption = new Resumption();
    let partial = false; // part of a first snapshot was given out, to which no token leads back
    while (!signal.aborted) {
      let askedFor = 0;
      try {
        for await (const response of this.#calls.watchEvents(this.#next(), { signal })) {
          if (partial && resumption.failures > 0 && response.item.case !== "reset") yield reset();
          resumption.told();
          this.#token = response.token || this.#token;
          partial = this.#token === "";
          if (response.item.case !== "bookmark") yield response;
        }
      } catch (error) {
        if (!(error instanceof WadError)) throw error;
        if (signal.aborted || error.code === Code.Canceled) return; // this watch was closed, or its client
        if (!resumption.helps(error)) throw error;
        askedFor = error.retryAfterMs ?? 0;
      }
      await resumption.pause(askedFor, signal);
    }
  }

  #next(): WatchEventsRequest {
    return this.#token ? { ...this.#request, start: { case: "afterToken", value: this.#token } } : this.#request;
  }
}

function reset(): WatchEventsResponse {
  return create(WatchEventsResponseSchema, { item: { case: "reset", value: {} } });
}
