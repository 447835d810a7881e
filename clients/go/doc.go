// Package wad is the client of a wad daemon, which keeps linked-device sessions of WhatsApp.
//
// [Connect] reaches a daemon, [Client.Link] follows the linking of a session, [Client.Watch] tells what happens to
// sessions, and [Client.Receive] hands out what others send to them, both through restarts of the daemon. For everything
// else a [Client] has the generated stubs of the contract, package wadv1. Whatever fails, fails with an [*Error].
package wad
