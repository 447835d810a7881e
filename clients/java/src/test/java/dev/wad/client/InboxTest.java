package dev.wad.client;

import static dev.wad.client.Served.BROKEN;
import static dev.wad.client.Served.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.wad.v1.Delivery;
import dev.wad.v1.MessageReceipt;
import dev.wad.v1.MessageServiceGrpc.MessageServiceImplBase;
import dev.wad.v1.Receive;
import dev.wad.v1.ReceiveMessagesRequest;
import dev.wad.v1.ReceiveMessagesResponse;
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

/** How an inbox goes on by itself, and acknowledges, against a service that plays a script. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InboxTest {
    private static final Receive ADA =
            Receive.newBuilder().addSessionIds("ada").setMaxUnacknowledged(2).build();
    private static final ReceiveMessagesResponse RECEIPT = ReceiveMessagesResponse.newBuilder()
            .setReceipt(MessageReceipt.getDefaultInstance())
            .build();
    private static final Throwable DRAINING = failure(Status.Code.UNAVAILABLE, "DRAINING");
    private static final Throwable LONG_GONE = failure(Status.Code.UNAVAILABLE, "DRAINING", 3600);
    private static final Throwable REVOKED = failure(Status.Code.UNAUTHENTICATED, "TOKEN_REVOKED");

    /** What was not acknowledged comes again after whatever interrupts an inbox, which then asks for the same. */
    @Test
    void whatWasNotAcknowledgedComesAgain() throws IOException {
        for (Throwable interruption : List.of(BROKEN, DRAINING)) {
            Scripted script = new Scripted(
                    new Act(1, interruption, delivery(1), RECEIPT, delivery(2)), new Act(0, REVOKED, delivery(2)));
            List<Long> seen = new ArrayList<>();
            try (Served served = new Served(script);
                    Inbox inbox = served.client.receive(ADA)) {
                WadException end = assertThrows(WadException.class, () -> {
                    for (ReceiveMessagesResponse item : inbox) {
                        seen.add(item.getDelivery().getDeliveryId());
                        if (seen.size() == 3) {
                            inbox.acknowledge(delivery(1).getDelivery());
                        }
                    }
                });
                assertEquals("TOKEN_REVOKED", end.reason());
                assertFalse(inbox.hasNext());
            }
            assertEquals(List.of(1L, 0L, 2L, 2L), seen);
            assertEquals(List.of(List.of("[ada]", "[1]"), List.of("[ada]")), script.asked);
        }
    }

    /** What came before an interruption can be acknowledged after it; a receipt, which has no delivery, is left alone. */
    @Test
    void whatCameBeforeAnInterruptionCanBeAcknowledgedAfterIt() throws IOException {
        Scripted script = new Scripted(new Act(0, BROKEN, delivery(1)), new Act(0, null, RECEIPT));
        try (Served served = new Served(script);
                Inbox inbox = served.client.receive(ADA)) {
            Delivery first = inbox.next().getDelivery();
            inbox.acknowledge(inbox.next().getDelivery(), first);
        }
        assertEquals(List.of(List.of("[ada]"), List.of("[ada]", "[1]")), script.asked);
    }

    /** What is more than one request may acknowledge is acknowledged by several. */
    @Test
    void anyNumberIsAcknowledgedAtOnce() throws IOException {
        Scripted script = new Scripted(new Act(0, null, delivery(1)));
        Delivery[] many = new Delivery[1001];
        try (Served served = new Served(script);
                Inbox inbox = served.client.receive(ADA)) {
            Arrays.fill(many, inbox.next().getDelivery());
            inbox.acknowledge(many);
        }
        assertEquals(List.of(List.of("[ada]", Collections.nCopies(1000, 1L).toString(), "[1]")), script.asked);
    }

    /**
     * What was acknowledged before an inbox is closed is acknowledged, however much waits to be handed out; and a connection
     * that breaks before there is anything to tell is made again.
     */
    @Test
    void theLastAcknowledgementsArrive() throws IOException {
        ReceiveMessagesResponse[] many = new ReceiveMessagesResponse[100];
        Arrays.setAll(many, index -> delivery(index + 1));
        Scripted script = new Scripted(new Act(0, BROKEN), new Act(0, null, many));
        try (Served served = new Served(script);
                Inbox inbox = served.client.receive(ADA)) {
            for (int count = 0; count < 3; count++) {
                inbox.acknowledge(inbox.next().getDelivery());
            }
        }
        assertEquals(List.of(List.of("[ada]"), List.of("[ada]", "[1]", "[2]", "[3]")), script.asked);
    }

    /** An inbox that is closed ends its loop, whether it waits for a message or for another try. */
    @Test
    void endsWhenItIsClosed() throws IOException, InterruptedException {
        for (Throwable end : Arrays.asList(null, LONG_GONE)) {
            Scripted script = new Scripted(new Act(0, end));
            try (Served served = new Served(script);
                    Inbox inbox = served.client.receive(ADA)) {
                Thread closer = new Thread(() -> {
                    try {
                        script.begun.await();
                    } catch (InterruptedException interrupted) {
                        throw new IllegalStateException(interrupted);
                    }
                    inbox.close();
                });
                closer.start();
                assertFalse(inbox.hasNext());
                closer.join();
            }
        }
    }

    /** An inbox whose client is closed waits for no other daemon. */
    @Test
    void endsWithItsClient() throws IOException {
        try (Served served = new Served(new Scripted(new Act(0, null, delivery(1))));
                Inbox inbox = served.client.receive(ADA)) {
            inbox.next();
            served.client.close();
            WadException end = assertThrows(WadException.class, inbox::hasNext);
            assertEquals(Status.Code.CANCELLED, end.code(), end::getMessage);
        }
    }

    private static ReceiveMessagesResponse delivery(long id) {
        Delivery delivery = Delivery.newBuilder().setDeliveryId(id).build();
        return ReceiveMessagesResponse.newBuilder().setDelivery(delivery).build();
    }

    /** How many more requests one call waits for once it has said all that it has to say, and how it ends; null is in order. */
    private record Act(int awaited, Throwable end, ReceiveMessagesResponse... items) {}

    /** Answers each call with the next act; one without an error ends when no more is asked. */
    private static final class Scripted extends MessageServiceImplBase {
        private final List<List<String>> asked = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch begun = new CountDownLatch(1);
        private final Iterator<Act> acts;

        Scripted(Act... acts) {
            this.acts = Arrays.asList(acts).iterator();
        }

        @Override
        public StreamObserver<ReceiveMessagesRequest> receiveMessages(StreamObserver<ReceiveMessagesResponse> answer) {
            Act act = acts.next();
            List<String> requests = Collections.synchronizedList(new ArrayList<>());
            asked.add(requests);
            return new StreamObserver<>() {
                @Override
                public void onNext(ReceiveMessagesRequest request) {
                    if (request.hasReceive()) {
                        requests.add(request.getReceive().getSessionIdsList().toString());
                        Arrays.stream(act.items()).forEach(answer::onNext);
                        begun.countDown();
                    } else {
                        requests.add(request.getAcknowledge().getDeliveryIdsList().toString());
                    }
                    if (act.end() != null && requests.size() == 1 + act.awaited()) {
                        answer.onError(act.end());
                    }
                }

                @Override
                public void onError(Throwable error) {}

                @Override
                public void onCompleted() {
                    if (act.end() == null) {
                        answer.onCompleted();
                    }
                }
            };
        }
    }
}
