package dev.wad.client;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One call with a stream each way. Any thread may send; closing it ends it in order, if the daemon does its part. */
final class Exchange<Q, R> implements Responses<R> {
    /** What the daemon has to end the call when there is no further request; it takes milliseconds. */
    private static final long GRACE_SECONDS = 5;

    private static final Object END = new Object();

    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>(); // responses, at last why it failed, or END
    private final CountDownLatch ended = new CountDownLatch(1);
    private ClientCallStreamObserver<Q> requests;
    private boolean over; // there is no further request
    private Object upcoming;

    Exchange(Function<StreamObserver<R>, StreamObserver<Q>> begin) {
        begin.apply(new Answers());
    }

    /** Sends a request, unless there is to be no further one; it waits for nothing. */
    synchronized void send(Q request) {
        if (!over) {
            requests.onNext(request);
        }
    }

    @Override
    public boolean hasNext() {
        if (upcoming == null) {
            try {
                upcoming = told.take();
            } catch (InterruptedException interrupted) {
                cancel();
                throw WadException.interrupted();
            }
        }
        if (upcoming instanceof StatusRuntimeException error) {
            throw WadException.of(error);
        }
        return upcoming != END;
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException("The daemon has ended the call.");
        }
        @SuppressWarnings("unchecked") // neither END nor an error
        R response = (R) upcoming;
        upcoming = null;
        requests.request(1);
        return response;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (!over) {
                over = true;
                requests.onCompleted();
                requests.request(Integer.MAX_VALUE); // the end comes behind whatever is on its way
            }
        }
        try {
            if (!ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                cancel();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            cancel();
        }
    }

    private synchronized void cancel() {
        over = true;
        requests.cancel("It is of no more interest.", null);
    }

    /** Keeps what the daemon says. */
    private final class Answers implements ClientResponseObserver<Q, R> {
        @Override
        public void beforeStart(ClientCallStreamObserver<Q> stream) {
            requests = stream;
            stream.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(R response) {
            told.add(response);
        }

        @Override
        public void onError(Throwable error) {
            told.add(error);
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            told.add(END);
            ended.countDown();
        }
    }
}
