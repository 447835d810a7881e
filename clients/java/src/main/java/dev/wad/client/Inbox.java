package dev.wad.client;

import dev.wad.v1.Acknowledge;
import dev.wad.v1.Delivery;
import dev.wad.v1.MessageServiceGrpc.MessageServiceStub;
import dev.wad.v1.Receive;
import dev.wad.v1.ReceiveMessagesRequest;
import dev.wad.v1.ReceiveMessagesResponse;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What others send to sessions, as {@code delivery}, and what has become of what these have sent, as {@code receipt}, until
 * it is closed, which waits until the daemon has taken the acknowledgements that are on their way.
 *
 * <p>Each message comes at least once: again and again until it is acknowledged, with every new inbox, and when the daemon
 * restarts or the connection breaks, after which the inbox goes on by itself. So whoever gets a message may have had it
 * before; its {@code delivery_id} is then the same.
 *
 * <p>Any other error ends it with a {@link WadException}; so does a daemon that cannot be reached at the very beginning.
 */
public final class Inbox implements Responses<ReceiveMessagesResponse> {
    private static final int MOST_IDS = 1000; // that one request may acknowledge

    private final MessageServiceStub messages;
    private final ReceiveMessagesRequest receive;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Resumption resumption = new Resumption(closed);
    private final AtomicReference<Metadata> headers = new AtomicReference<>();
    private volatile Exchange<ReceiveMessagesRequest, ReceiveMessagesResponse> call;

    Inbox(MessageServiceStub messages, Receive receive) {
        this.messages = messages.withInterceptors(
                MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
        this.receive = ReceiveMessagesRequest.newBuilder().setReceive(receive).build();
    }

    /**
     * Has messages forgotten: they need not come again. Any thread may call it, and it waits for nothing.
     *
     * <p>While the connection is broken, and after the inbox was closed, it does nothing: the messages come again. A receipt
     * has no delivery, which is left alone.
     */
    public void acknowledge(Delivery... deliveries) {
        List<Long> ids =
                Arrays.stream(deliveries).map(Delivery::getDeliveryId).filter(id -> id != 0).toList();
        var current = call;
        for (int begin = 0; current != null && begin < ids.size(); begin += MOST_IDS) {
            List<Long> some = ids.subList(begin, Math.min(ids.size(), begin + MOST_IDS));
            Acknowledge acknowledge = Acknowledge.newBuilder().addAllDeliveryIds(some).build();
            current.send(ReceiveMessagesRequest.newBuilder().setAcknowledge(acknowledge).build());
        }
    }

    @Override
    public boolean hasNext() {
        while (!isClosed()) {
            Duration askedFor = Duration.ZERO;
            try {
                if (call == null) {
                    open();
                }
                if (call.hasNext()) {
                    resumption.told();
                    break;
                }
            } catch (WadException error) {
                if (headers.get() != null) { // they come before there is any message
                    resumption.reached();
                }
                if (!isClosed() && !resumption.helps(error)) {
                    close();
                    throw error;
                }
                askedFor = error.retryAfter().orElse(Duration.ZERO);
            }
            if (!isClosed()) { // an inbox has no end of its own
                call = null;
                resumption.pause(askedFor);
            }
        }
        return !isClosed();
    }

    @Override
    public ReceiveMessagesResponse next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The inbox was closed.");
        }
        return call.next();
    }

    @Override
    public void close() {
        closed.countDown();
        var current = call;
        if (current != null) {
            current.close();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void open() {
        call = new Exchange<>(messages::receiveMessages);
        call.send(receive);
        if (isClosed()) { // just now, by another thread that did not see this call yet
            call.close();
        }
    }
}
