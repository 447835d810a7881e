import { Code, ConnectError } from "@connectrpc/connect";

import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";

/** Domain of every error that the daemon itself explains. */
const DOMAIN = "wad.v1";

export const WAY_ON = "Start one with `wad serve`, or say where it is with `target` or WAD_ADDRESS.";

/** What was wrong with one field of a request. */
export interface Violation {
  field: string;
  description: string;
}

/** What is known of a failure beyond its status and its text. */
interface Details {
  reason?: string;
  metadata?: Record<string, string>;
  retryAfterMs?: number;
  violations?: Violation[];
  cause?: unknown;
}

/** A call failed. */
export class WadError extends Error {
  override readonly name = "WadError";
  /** The status. */
  readonly code: Code;
  /**
   * For programs: a name of `ErrorReason` without its prefix, or one that a later daemon has. Empty when the failure
   * was not the daemon's, as when it cannot be reached.
   */
  readonly reason: string;
  /** What belongs to the reason, such as `session_id`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** After how many milliseconds another try makes sense; undefined when the daemon does not say that one does. */
  readonly retryAfterMs: number | undefined;
  /** What was wrong with which field of the request. */
  readonly violations: readonly Violation[];

  constructor(code: Code, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.reason = details.reason ?? "";
    this.metadata = details.metadata ?? {};
    this.retryAfterMs = details.retryAfterMs;
    this.violations = details.violations ?? [];
  }
}

/** What a broken connection looks like here, besides `Unavailable`: an account of the library's own insides. */
const BROKEN = new Set([Code.Aborted, Code.Canceled, Code.Internal, Code.Unknown]);

/**
 * Returns what is known about a failed call.
 *
 * @param error What the call failed with.
 * @param daemon The daemon's address, as people write it.
 * @param ended Whether the caller itself has ended the call.
 */
export function explain(error: unknown, daemon: string, ended: boolean): WadError {
  const failure = ConnectError.from(error);
  const details = { ...read(failure), cause: error };
  if (ended && failure.code !== Code.DeadlineExceeded) return new WadError(Code.Canceled, failure.rawMessage, details);
  const told = failure.metadata.has("grpc-status");
  const code = !told && BROKEN.has(failure.code) ? Code.Unavailable : failure.code;
  if (code !== Code.Unavailable || details.reason) return new WadError(code, failure.rawMessage, details);
  return new WadError(code, `No wad daemon answers at ${daemon}: ${failure.rawMessage}. ${WAY_ON}`, details);
}

function read(failure: ConnectError): Details {
  const details: Details = {};
  const info = failure.findDetails(ErrorInfoSchema).find((found) => found.domain === DOMAIN);
  if (info) Object.assign(details, { reason: info.reason, metadata: info.metadata });
  const delay = failure.findDetails(RetryInfoSchema)[0]?.retryDelay;
  if (delay) details.retryAfterMs = Number(delay.seconds) * 1000 + delay.nanos / 1e6;
  details.violations = failure
    .findDetails(BadRequestSchema)
    .flatMap((bad) => bad.fieldViolations.map(({ field, description }) => ({ field, description })));
  return details;
}
