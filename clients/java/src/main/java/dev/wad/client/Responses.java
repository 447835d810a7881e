package dev.wad.client;

import java.util.Iterator;

/**
 * Responses of the daemon, as they come. They can be gone through once, by one thread; any thread may close them, which
 * ends the loop.
 *
 * <p>{@code hasNext} and {@code next} wait for the next response, and throw a {@link WadException} when the call failed.
 *
 * @param <T> what the daemon tells
 */
public interface Responses<T> extends Iterator<T>, Iterable<T>, AutoCloseable {
    /** Returns these responses themselves. */
    @Override
    default Iterator<T> iterator() {
        return this;
    }

    /** Ends the call if it is still under way. */
    @Override
    void close();
}
