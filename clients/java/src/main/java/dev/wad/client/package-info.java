/**
 * The client of a wad daemon, which keeps linked-device sessions of WhatsApp.
 *
 * <p>{@link dev.wad.client.WadClient} reaches a daemon, follows the linking of a session, watches what happens to
 * sessions, and receives what others send to them, through restarts of the daemon. The contract's own classes are in
 * {@code dev.wad.v1}.
 */
package dev.wad.client;
