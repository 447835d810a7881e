package dev.wad.client;

import dev.wad.v1.Reset;
import dev.wad.v1.WatchEventsRequest;
import dev.wad.v1.WatchEventsResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What happens to sessions, in order, without gap or duplicate, until it is closed: snapshots, {@code synced}, then events.
 *
 * <p>When the daemon restarts, the connection breaks, or the caller was too slow, the watch resumes by itself. Where that
 * would leave a gap there is a {@code reset} instead: forget what is known, a new snapshot follows.
 *
 * <p>Any other error ends it with a {@link WadException}; so does a daemon that cannot be reached at the very beginning.
 */
public final class Watch implements Responses<WatchEventsResponse> {
    private static final long SHORTEST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final Function<WatchEventsRequest, Responses<WatchEventsResponse>> begin;
    private final WatchEventsRequest request;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String token;
    private volatile Responses<WatchEventsResponse> call;
    private WatchEventsResponse upcoming;
    private boolean answered;
    private boolean partial; // part of a first snapshot was given out, to which no token leads back
    private int failures; // in a row

    Watch(Function<WatchEventsRequest, Responses<WatchEventsResponse>> begin, WatchEventsRequest request) {
        this.begin = begin;
        this.request = request;
        this.token = request.getAfterToken();
    }

    /**
     * Returns what a later watch with the same filters continues after, as {@code after_token} of its request; empty before
     * the first {@code synced}.
     */
    public String token() {
        return token;
    }

    @Override
    public boolean hasNext() {
        while (upcoming == null && !isClosed()) {
            try {
                if (call == null) {
                    open();
                }
                if (call.hasNext()) {
                    take(call.next());
                } else if (!isClosed()) {
                    pause(Duration.ZERO); // a watch has no end of its own
                }
            } catch (WadException error) {
                if (isClosed()) {
                    break;
                }
                if (!isResumable(error)) {
                    close();
                    throw error;
                }
                pause(error.retryAfter().orElse(Duration.ZERO));
            }
        }
        return upcoming != null && !isClosed();
    }

    @Override
    public WatchEventsResponse next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The watch was closed.");
        }
        WatchEventsResponse item = upcoming;
        upcoming = null;
        keepTokenOf(item);
        return item;
    }

    @Override
    public void close() {
        closed.countDown();
        Responses<WatchEventsResponse> current = call;
        if (current != null) {
            current.close();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void open() {
        WatchEventsRequest.Builder next = request.toBuilder();
        if (!token.isEmpty()) {
            next.setAfterToken(token);
        }
        call = begin.apply(next.build());
        if (isClosed()) { // just now, by another thread that did not see this call yet
            call.close();
        }
    }

    private void take(WatchEventsResponse response) {
        answered = true;
        failures = 0;
        partial = token.isEmpty() && response.getToken().isEmpty();
        if (response.hasBookmark()) {
            keepTokenOf(response);
        } else {
            upcoming = response;
        }
    }

    private void keepTokenOf(WatchEventsResponse response) {
        if (!response.getToken().isEmpty()) {
            token = response.getToken();
        }
    }

    private boolean isResumable(WadException error) {
        if (error.code() == Status.Code.UNAVAILABLE) {
            return answered || !error.reason().isEmpty();
        }
        return error.code() == Status.Code.RESOURCE_EXHAUSTED && error.reason().equals("SLOW_CONSUMER");
    }

    /**
     * Waits for as long as the daemon asks for, and for a time that doubles with each failure and that chance shortens by
     * up to a half, so that not all watchers come back at once.
     */
    private void pause(Duration askedFor) {
        if (call != null) {
            call.close();
            call = null;
        }
        long grown = Math.min(LONGEST_PAUSE_MILLIS, SHORTEST_PAUSE_MILLIS << Math.min(failures, 16));
        failures++;
        long wait = askedFor.toMillis() + ThreadLocalRandom.current().nextLong(grown / 2, grown);
        try {
            closed.await(wait, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            close();
            throw new WadException(Status.Code.CANCELLED, "The thread was interrupted while the watch waited.");
        }
        if (partial) {
            partial = false;
            upcoming = WatchEventsResponse.newBuilder().setReset(Reset.getDefaultInstance()).build();
        }
    }
}
