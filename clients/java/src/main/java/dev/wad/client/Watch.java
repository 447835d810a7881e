package dev.wad.client;

import dev.wad.v1.Reset;
import dev.wad.v1.WatchEventsRequest;
import dev.wad.v1.WatchEventsResponse;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
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
    private final Function<WatchEventsRequest, Responses<WatchEventsResponse>> begin;
    private final WatchEventsRequest request;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Resumption resumption = new Resumption(closed);
    private volatile String token;
    private volatile Responses<WatchEventsResponse> call;
    private WatchEventsResponse upcoming;
    private boolean partial; // part of a first snapshot was given out, to which no token leads back

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
                if (!resumption.helps(error)) {
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
        resumption.told();
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

    private void pause(Duration askedFor) {
        if (call != null) {
            call.close();
            call = null;
        }
        resumption.pause(askedFor);
        if (partial) {
            partial = false;
            upcoming = WatchEventsResponse.newBuilder().setReset(Reset.getDefaultInstance()).build();
        }
    }
}
