// The stage that the suite is played on: a live daemon and an emulator, reached through WAD_STAGE.
export const url = process.env["WAD_STAGE"];

/** Where everything is. */
export interface Stage {
  /** The daemon's unix socket. */
  unix: string;
  /** Its encrypted listener, `host:port`. */
  tls: string;
  /** Who signed that listener's certificate. */
  ca_file: string;
  /** Of an operator. */
  token: string;
  /** Of a viewer. */
  viewer_token: string;
  /** Of an operator who reaches only the sessions `other-*`. */
  other_token: string;
}

async function call(path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, body && { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}

/** Asks the stage where everything is. */
export const find = () => call("/stage") as Promise<Stage>;

/** Has an emulated phone scan a QR. */
export const scan = (qr: string, phone: string) => call("/scan", { qr, phone });

/** Has another daemon take over. */
export const restart = () => call("/restart", {});
