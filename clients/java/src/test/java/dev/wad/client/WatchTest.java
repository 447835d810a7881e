package dev.wad.client;

import static dev.wad.client.Served.BROKEN;
import static dev.wad.client.Served.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.wad.v1.Bookmark;
import dev.wad.v1.Event;
import dev.wad.v1.EventServiceGrpc.EventServiceImplBase;
import dev.wad.v1.Reset;
import dev.wad.v1.Session;
import dev.wad.v1.Synced;
import dev.wad.v1.WatchEventsRequest;
import dev.wad.v1.WatchEventsResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a watch resumes, against a service that plays a script. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchTest {
    private static final WatchEventsResponse SNAPSHOT =
            WatchEventsResponse.newBuilder().setSnapshot(Session.getDefaultInstance()).build();
    private static final WatchEventsResponse RESET =
            WatchEventsResponse.newBuilder().setReset(Reset.getDefaultInstance()).build();
    private static final Throwable REFUSAL = failure(Status.Code.PERMISSION_DENIED, "PERMISSION_DENIED");
    private static final Throwable DRAINING = failure(Status.Code.UNAVAILABLE, "DRAINING");
    private static final Throwable SLOW = failure(Status.Code.RESOURCE_EXHAUSTED, "SLOW_CONSUMER");
    private static final Throwable FULL = failure(Status.Code.RESOURCE_EXHAUSTED, "SESSION_LIMIT_REACHED");

    /** A watch continues after its last token whenever watching again can help, and ends with any other error. */
    @Test
    void resumesWhenThatHelps() throws IOException {
        Scripted script = new Scripted(
                new Act(DRAINING, SNAPSHOT, synced("a")),
                new Act(SLOW, event("b", 1), bookmark("c")),
                new Act(BROKEN),
                new Act(null, event("d", 2)),
                new Act(BROKEN, RESET, SNAPSHOT),
                new Act(REFUSAL, RESET, SNAPSHOT, synced("e")));
        List<String> seen = new ArrayList<>();
        WadException end = play(script, seen);
        assertEquals(Status.Code.PERMISSION_DENIED, end.code());
        assertEquals(List.of("", "a", "c", "c", "d", "d"), script.tokens);
        assertEquals(
                List.of("snapshot", "synced", "event 1", "event 2", "reset", "snapshot", "reset", "snapshot", "synced"),
                seen);
    }

    /** A first snapshot that broke off is begun anew with a reset, since no token leads back to it. */
    @Test
    void resetsABrokenSnapshot() throws IOException {
        Scripted script = new Scripted(
                new Act(BROKEN, SNAPSHOT, SNAPSHOT), new Act(BROKEN), new Act(FULL, SNAPSHOT, synced("a")));
        List<String> seen = new ArrayList<>();
        WadException end = play(script, seen);
        assertEquals("SESSION_LIMIT_REACHED", end.reason());
        assertEquals(List.of("snapshot", "snapshot", "reset", "snapshot", "synced"), seen);
    }

    /** A watch's token is that of the last item that was given out, and another watch continues after it. */
    @Test
    void continuesAfterTheTokenOfAnother() throws IOException {
        Scripted script = new Scripted(new Act(null, SNAPSHOT, synced("a"), event("b", 1)), new Act(null, event("b", 1)));
        try (Served served = new Served(script)) {
            String token;
            try (Watch watch = served.client.watch()) {
                watch.next();
                assertEquals("", watch.token());
                watch.next();
                token = watch.token();
            }
            WatchEventsRequest request = WatchEventsRequest.newBuilder().setAfterToken(token).build();
            try (Watch watch = served.client.watch(request)) {
                assertEquals("event 1", brief(watch.next()));
                assertEquals("b", watch.token());
            }
        }
        assertEquals(List.of("", "a"), script.tokens);
    }

    /** A watch that is closed ends its loop, whether it waits for the daemon or for another try. */
    @Test
    void endsWhenItIsClosed() throws IOException, InterruptedException {
        for (boolean answers : List.of(false, true)) {
            CountDownLatch asked = new CountDownLatch(1);
            EventServiceImplBase service = new EventServiceImplBase() {
                @Override
                public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> answer) {
                    if (answers) {
                        answer.onError(failure(Status.Code.UNAVAILABLE, "DRAINING", 3600));
                    }
                    asked.countDown();
                }
            };
            try (Served served = new Served(service);
                    Watch watch = served.client.watch()) {
                Thread closer = new Thread(() -> {
                    try {
                        asked.await();
                    } catch (InterruptedException interrupted) {
                        throw new IllegalStateException(interrupted);
                    }
                    watch.close();
                });
                closer.start();
                assertFalse(watch.hasNext());
                closer.join();
            }
        }
    }

    private static WadException play(Scripted script, List<String> seen) throws IOException {
        try (Served served = new Served(script);
                Watch watch = served.client.watch()) {
            return assertThrows(WadException.class, () -> watch.forEachRemaining(item -> seen.add(brief(item))));
        }
    }

    private static String brief(WatchEventsResponse item) {
        return switch (item.getItemCase()) {
            case EVENT -> "event " + item.getEvent().getSequence();
            default -> item.getItemCase().name().toLowerCase();
        };
    }

    private static WatchEventsResponse synced(String token) {
        return WatchEventsResponse.newBuilder().setToken(token).setSynced(Synced.getDefaultInstance()).build();
    }

    private static WatchEventsResponse bookmark(String token) {
        return WatchEventsResponse.newBuilder().setToken(token).setBookmark(Bookmark.getDefaultInstance()).build();
    }

    private static WatchEventsResponse event(String token, long sequence) {
        Event event = Event.newBuilder().setSequence(sequence).build();
        return WatchEventsResponse.newBuilder().setToken(token).setEvent(event).build();
    }

    /** What one watch is answered, and what ends it; null is an end without an error. */
    private record Act(Throwable end, WatchEventsResponse... items) {}

    /** Answers each watch with the next act. */
    private static final class Scripted extends EventServiceImplBase {
        private final List<String> tokens = Collections.synchronizedList(new ArrayList<>());
        private final Iterator<Act> acts;

        Scripted(Act... acts) {
            this.acts = Arrays.asList(acts).iterator();
        }

        @Override
        public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> answer) {
            tokens.add(request.getAfterToken());
            Act act = acts.next();
            for (WatchEventsResponse item : act.items()) {
                answer.onNext(item);
            }
            if (act.end() == null) {
                answer.onCompleted();
            } else {
                answer.onError(act.end());
            }
        }
    }
}
