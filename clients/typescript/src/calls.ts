import type { DescService } from "@bufbuild/protobuf";
import { type CallOptions, type Client as Calls, type Transport, createClient } from "@connectrpc/connect";

import type { WadError } from "./errors.js";

export type { Calls };

/** Makes an error of this package of whatever a call failed with; told whether the caller itself had ended the call. */
export type Explain = (error: unknown, ended: boolean) => WadError;

/** Returns the calls of a service; they fail with errors of this package, and a stream ends when its loop is left. */
export function callsOf<S extends DescService>(service: S, transport: Transport, explain: Explain): Calls<S> {
  const raw = createClient(service, transport) as Record<string, Function>;
  const calls: Record<string, Function> = {};
  for (const { localName, methodKind } of service.methods) {
    const call = raw[localName]!;
    calls[localName] =
      methodKind === "server_streaming" || methodKind === "bidi_streaming"
        ? (request: unknown, options?: CallOptions) => stream(call, request, options, explain)
        : (request: unknown, options?: CallOptions) => single(call, request, options, explain);
  }
  return calls as Calls<S>;
}

async function single(call: Function, request: unknown, options: CallOptions | undefined, explain: Explain) {
  try {
    return await call(request, options);
  } catch (error) {
    throw explain(error, options?.signal?.aborted ?? false);
  }
}

async function* stream(call: Function, request: unknown, options: CallOptions | undefined, explain: Explain) {
  const left = new AbortController();
  const signal = options?.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
  const items: AsyncIterator<unknown> = call(request, { ...options, signal })[Symbol.asyncIterator]();
  try {
    for (let item = await items.next(); !item.done; item = await items.next()) yield item.value;
  } catch (error) {
    throw explain(error, signal.aborted);
  } finally {
    left.abort();
    items.next().catch(() => undefined); // else the library does not notice, and its timer for the timeout runs on
  }
}
