package dev.wad.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** When a stream that broke off is to be asked for again. */
final class Resumption {
    private static final long SHORTEST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final CountDownLatch closed;
    private boolean reached;
    private int failures; // in a row

    /**
     * Prepares to wait.
     *
     * @param closed counts down when nobody wants the stream any more, which ends every wait
     */
    Resumption(CountDownLatch closed) {
        this.closed = closed;
    }

    /** Notes that a daemon has answered, whatever it said: one that goes away will be back. */
    void reached() {
        reached = true;
    }

    /** Notes that the daemon has told something. */
    void told() {
        reached = true;
        failures = 0;
    }

    /** Returns whether asking again can mend that. */
    boolean helps(WadException error) {
        if (error.code() == Status.Code.UNAVAILABLE) {
            return reached || !error.reason().isEmpty();
        }
        return error.code() == Status.Code.RESOURCE_EXHAUSTED && error.reason().equals("SLOW_CONSUMER");
    }

    /**
     * Waits for as long as the daemon asks for, and for a time that doubles with each failure and that chance shortens by
     * up to a half, so that not all callers come back at once.
     *
     * @throws WadException the thread was interrupted, which closes the stream
     */
    void pause(Duration askedFor) {
        long grown = Math.min(LONGEST_PAUSE_MILLIS, SHORTEST_PAUSE_MILLIS << Math.min(failures, 16));
        failures++;
        long wait = askedFor.toMillis() + ThreadLocalRandom.current().nextLong(grown / 2, grown);
        try {
            closed.await(wait, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            closed.countDown();
            throw WadException.interrupted();
        }
    }
}
