import { readFileSync } from "node:fs";
import type { ClientSessionOptions, SecureClientSessionOptions } from "node:http2";
import { connect } from "node:net";

import type { DescService, MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { Http2SessionManager, createGrpcTransport } from "@connectrpc/connect-node";

import { type Address, find } from "./address.js";
import { type Calls, callsOf } from "./calls.js";
import { explain } from "./errors.js";
import { AccessService } from "./gen/wad/v1/access_pb.js";
import { AdminService } from "./gen/wad/v1/admin_pb.js";
import { DeviceService } from "./gen/wad/v1/device_pb.js";
import { EventService } from "./gen/wad/v1/event_pb.js";
import { type Message, MessageService } from "./gen/wad/v1/message_pb.js";
import { type LinkSessionResponse, type PolicySchema, SessionService } from "./gen/wad/v1/session_pb.js";
import { Inbox, type ReceiveOptions } from "./inbox.js";
import { Watch, type WatchOptions } from "./watch.js";

/** Where a daemon is and who calls it. Without any, the daemon of this host is reached over its unix socket. */
export interface ClientOptions {
  /**
   * `unix:///path/to/wad.sock` or `host:port`. Default: `WAD_ADDRESS`, else the first socket there is at
   * `$XDG_RUNTIME_DIR/wad`, `$XDG_STATE_HOME/wad/run` (or `~/.local/state/wad/run`) and `/run/wad`.
   */
  target?: string;
  /** Sent with every call. */
  token?: string;
  /** File of certificates, as PEM, of which one must have signed the daemon's. Default: those that Node.js knows. */
  caFile?: string;
  /** File of the certificate that the caller shows, with its chain, as PEM. Default: none. */
  certFile?: string;
  /** File of its key, as PEM. */
  keyFile?: string;
  /** Allows plain text to a `host:port`, token and all. Default: that takes TLS. */
  insecure?: boolean;
}

/** How to link. */
export interface LinkOptions {
  /** Also have a pairing code for this phone. */
  phoneNumber?: string;
  /** Limits that differ from the daemon's defaults. */
  policy?: MessageInitShape<typeof PolicySchema>;
  /** The owner's notes. */
  labels?: Record<string, string>;
  /** After how many milliseconds this, not the session, ends with DeadlineExceeded. Default: never. */
  timeoutMs?: number;
  /** Ends this, and leaves the session as it is. */
  signal?: AbortSignal;
}

/** How to ask for a message. */
export interface GetMessageOptions {
  /** After how many milliseconds this ends with DeadlineExceeded. Default: never. */
  timeoutMs?: number;
  /** Ends this. */
  signal?: AbortSignal;
}

/** A connection whose other end has silently gone is given up; the daemon allows a ping every 10 s. */
const KEEPALIVE = { pingIntervalMs: 30_000, pingTimeoutMs: 10_000 };

/** Calls one daemon. Every call fails with a {@link WadError}. Nothing is dialled before the first call. */
export class Client {
  readonly sessions: Calls<typeof SessionService>;
  readonly devices: Calls<typeof DeviceService>;
  readonly messages: Calls<typeof MessageService>;
  readonly events: Calls<typeof EventService>;
  readonly admin: Calls<typeof AdminService>;
  readonly access: Calls<typeof AccessService>;

  readonly #connection: Http2SessionManager;
  #closed = false;

  /**
   * @throws TypeError The target is no address, or the security does not fit it.
   * @throws WadError No target is known, and there is no socket at the usual places.
   */
  constructor(options: ClientOptions = {}) {
    const address = find(options.target, process.env);
    const [baseUrl, nodeOptions] = way(address, options);
    this.#connection = new Http2SessionManager(baseUrl, KEEPALIVE, nodeOptions);
    const enter: Interceptor = (next) => (request) => {
      if (this.#closed) throw new ConnectError("The client is closed.", Code.Canceled);
      if (options.token) request.header.set("authorization", `Bearer ${options.token}`);
      return next(request);
    };
    const transport = createGrpcTransport({ baseUrl, interceptors: [enter], sessionManager: this.#connection });
    const calls = <S extends DescService>(service: S): Calls<S> =>
      callsOf(service, transport, (error, ended) => explain(error, address.shown, ended || this.#closed));
    this.sessions = calls(SessionService);
    this.devices = calls(DeviceService);
    this.messages = calls(MessageService);
    this.events = calls(EventService);
    this.admin = calls(AdminService);
    this.access = calls(AccessService);
  }
  /** Ends every call that is under way, and the connection. */
  close(): void {
    this.#closed = true;
    this.#connection.abort();
  }

  /**
   * Makes a session live, and yields each step until it is `connected` or `removed`.
   *
   * Whatever the step, its `session.qr` is the QR to show, if there is one. Leaving the loop early leaves the session
   * as it is; linking it again goes on from there.
   *
   * @throws WadError While iterating: see LinkSession in the contract.
   */
  link(sessionId: string, options: LinkOptions = {}): AsyncIterable<LinkSessionResponse> {
    const { timeoutMs, signal, ...rest } = options;
    const call = { ...(timeoutMs !== undefined && { timeoutMs }), ...(signal && { signal }) };
    return this.sessions.linkSession({ sessionId, ...rest }, call);
  }

  /** Returns an endless iterable of what happens to sessions, which resumes by itself. */
  watch(options: WatchOptions = {}): Watch {
    return new Watch(this.events, options);
  }

  /** Returns an endless iterable of what others send to sessions, at least once and until it is acknowledged. */
  receive(options: ReceiveOptions = {}): Inbox {
    return new Inbox(this.messages, options);
  }

  /**
   * Returns what is known of one message.
   *
   * @param sessionId The session that has received or sent it.
   * @param messageId WhatsApp's id of it.
   * @throws WadError See GetMessage in the contract.
   */
  async getMessage(sessionId: string, messageId: string, options: GetMessageOptions = {}): Promise<Message> {
    const { message } = await this.messages.getMessage({ sessionId, messageId }, options);
    return message!;
  }
}

/** Returns the URL of the daemon, and how Node.js gets there: by its unix socket, in plain text, or by TLS. */
function way(
  { shown, socket }: Address,
  { caFile, certFile, keyFile, insecure = false }: ClientOptions,
): [string, ClientSessionOptions | SecureClientSessionOptions] {
  if (socket !== undefined || insecure) {
    if (caFile || certFile || keyFile) {
      throw new TypeError(`${shown} is reached without TLS; omit the certificates, or \`insecure\`.`);
    }
    if (socket === undefined) return [`http://${shown}`, {}];
    return ["http://localhost", { createConnection: () => connect(socket) }];
  }
  if (!certFile !== !keyFile) {
    throw new TypeError("A certificate needs its key; give both certFile and keyFile, or neither.");
  }
  const files = Object.entries({ ca: caFile, cert: certFile, key: keyFile }).filter(([, file]) => file);
  return [`https://${shown}`, Object.fromEntries(files.map(([name, file]) => [name, readFileSync(file!)]))];
}
